import ChalkImage

/// `chalk-image kube`.
enum KubeCommand: Command {
    static let syntax = CommandSyntax(
        name: "kube", summary: "Print a Kubernetes Pod or Deployment for an image and its groups",
        operands: "REF [-- WORD...]", operandCount: 1...Int.max,
        flags: [
            .init("name", value: "NAME", help: "what it is called (default: the repository's last word)"),
            .init("namespace", value: "NAME", help: "where it runs"),
            .init("replicas", value: "N", help: "a Deployment of so many Pods instead of one Pod"),
            .init("cpu", value: "AMOUNT", help: "processors, as in 500m or 2"),
            .init("memory", value: "AMOUNT", help: "memory, as in 512Mi or 2Gi"),
            .init("env", "e", value: "NAME=VALUE", repeats: true, help: "a variable"),
            .init(
                "secret", value: "SECRET|VAR=SECRET/KEY", repeats: true,
                help: "a Secret of the cluster: all its keys as variables, or one"),
            .init(
                "port", "p", value: "PORT[/udp]", repeats: true,
                help: "a port that it listens on (default: those that the image exposes)"),
            .init("pull-secret", value: "SECRET", repeats: true, help: "what the cluster pulls with"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        var options = KubernetesOptions()
        options.name = arguments["name"]
        options.namespace = arguments["namespace"]
        options.replicas = try arguments["replicas"].map { text in
            guard let number = Int(text), number >= 0 else {
                throw UsageError("--replicas is a number, not \"\(text)\"", command: "kube")
            }
            return number
        }
        options.cpu = arguments["cpu"]
        options.memory = arguments["memory"]
        for text in arguments.all("env") {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw UsageError("--env is NAME=VALUE, not \"\(text)\"", command: "kube")
            }
            options.environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        options.secrets = try arguments.all("secret").map { try KubernetesOptions.SecretSource($0) }
        options.ports = try arguments.all("port").map { try KubernetesOptions.Port($0) }
        options.pullSecrets = arguments.all("pull-secret")
        options.arguments = Array(arguments.operands.dropFirst())
        let document = try surroundings.store(arguments).kubernetes(arguments.operands[0], options)
        for warning in document.warnings { StandardStream.error.write("warning: \(warning)\n") }
        StandardStream.output.write(document.text)
    }
}
