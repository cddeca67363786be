import ChalkImage
import ChalkOCI

/// An image's description for people.
enum ImageText {
    static func text(_ image: ImageDescription) -> String {
        let runtime = image.config.runtime
        var rows: [(String, String)] = [
            ("digest", image.descriptor.digest.description),
            ("image ID", image.manifest.config.digest.description),
            ("platform", image.config.platform.description),
        ]
        if !image.names.isEmpty { rows.insert(("names", image.names.joined(separator: ", ")), at: 0) }
        if let created = image.config.created { rows.append(("created", created)) }
        if !runtime.user.isEmpty { rows.append(("user", runtime.user)) }
        if !runtime.workingDirectory.isEmpty { rows.append(("workdir", runtime.workingDirectory)) }
        if let words = runtime.entrypoint { rows.append(("entrypoint", JSON.strings(words).compact())) }
        if let words = runtime.command { rows.append(("cmd", JSON.strings(words).compact())) }
        for line in runtime.environment { rows.append(("env", line)) }
        for port in runtime.exposedPorts.sorted() { rows.append(("port", port)) }
        for (name, value) in runtime.labels.sorted(by: { $0.key < $1.key }) {
            rows.append(("label", "\(name)=\(value)"))
        }
        for (layer, isHere) in zip(image.manifest.layers, image.layersInStore) {
            rows.append(
                (
                    "layer",
                    "\(layer.digest.short)  \(HumanSize.bytes(layer.size))\(isHere ? "" : "  (not fetched)")"
                ))
        }
        for group in image.groups {
            rows.append(
                (
                    "group",
                    "\(group.mountPath)  \(group.manifest.short)  \(StepWords.content(group.files, group.bytes))"
                ))
        }
        return rows.map { name, value in
            "\(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(value)\n"
        }.joined()
    }
}
