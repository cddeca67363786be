/// kaniko's `executor`, which writes into the root directory that it finds: it is given one of its own, with the
/// executor at `/kaniko` and the tree at `/workspace`.
struct Kaniko: Peer {
    let name = "kaniko"
    let programs = ["executor"]
    let version = Command("executor", "version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        switch operation {
        case .cold, .unchanged, .oneFile, .append: break
        case .startup, .push, .repush, .pull: return nil
        }
        guard let executor = Environment.find("executor") else { return nil }
        let cache = "\(scene.registry.name)/kaniko-cache-\(scene.tree.name)-\(scene.round)"
        let script = """
            set -e
            root=$1/root
            rm -rf "$root"
            mkdir -p "$root/kaniko" "$root/workspace" "$root/etc" "$root/proc" "$root/tmp"
            cp "$2" "$root/kaniko/executor"
            cp /etc/hosts /etc/passwd "$root/etc/"
            printf 'FROM scratch\\nCOPY . /app\\n' >"$root/kaniko/Dockerfile"
            """
        let execute = """
            mount --bind "$2" "$1/root/workspace" && mount -t proc proc "$1/root/proc" &&
            exec chroot "$1/root" /kaniko/executor --force --context dir:///workspace \
                --dockerfile /kaniko/Dockerfile --destination bench --no-push --tar-path /kaniko/image.tar \
                --cache --cache-copy-layers --cache-repo "$3" --insecure --insecure-pull --skip-tls-verify
            """
        return Work(
            before: [Pipeline(["sh", "-c", script, "sh", scene.state, executor])],
            timed: [
                Pipeline([
                    "unshare", "--mount", "--pid", "--fork", "sh", "-c", execute, "sh", scene.state,
                    scene.files, cache,
                ])
            ]
        ) { try Files.size("\(scene.state)/root/kaniko/image.tar") }
    }
}
