internal import ChalkOCI
internal import ChalkStore

/// A Pod or Deployment for an image.
public struct KubernetesDocument: Hashable, Sendable {
    /// YAML.
    public let text: String
    /// What people should know, one sentence each.
    public let warnings: [String]
}

extension ImageStore {
    /// A Pod, or a Deployment where ``KubernetesOptions/replicas`` is set, that runs an image with its groups, all by
    /// their digests in the image's repository. The same for the same image, groups and options.
    ///
    /// - Parameter name: a name of the store, since it says where the cluster finds the image.
    public func kubernetes(
        _ name: String, _ options: KubernetesOptions = KubernetesOptions()
    ) throws -> KubernetesDocument {
        try ChalkError.wrap {
            try options.check()
            guard !name.hasPrefix("sha256:") else {
                throw ChalkError(
                    .invalidInput,
                    "\(name) does not say where a cluster finds the image; give the name that it was pushed to"
                )
            }
            let reference = try Reference(name)
            let root = try descriptor(named: name)
            let image = try stored(name)
            let workload = KubernetesWorkload(
                repository: reference.name, image: root.digest, groups: try groups(of: name),
                exposedPorts: Array(image.config.runtime.exposedPorts),
                name: options.name ?? KubernetesName.label(of: reference.shortName) ?? "image",
                options: options)
            let isPushed = content.remoteSources.repositories(
                of: reference.registry, with: image.manifest.config.digest
            ).contains(reference.repository)
            let warning =
                "\(reference.withDefaultTag) was not pushed from this store; push it, so that the cluster finds it and its groups"
            return KubernetesDocument(text: workload.document, warnings: isPushed ? [] : [warning])
        }
    }
}

extension Reference {
    /// The last word of the repository.
    fileprivate var shortName: String { String(repository.split(separator: "/").last ?? "") }
}
