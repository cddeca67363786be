internal import ChalkDockerfile
internal import ChalkOCI

/// What each instruction of a Dockerfile does to a stage.
extension StageBuilder {
    /// Expands an instruction and applies it.
    mutating func apply(_ parsed: ParsedInstruction, _ context: inout StageContext) throws {
        let place = "\(parsed.file):\(parsed.line)"
        if case .arg(let payload) = parsed.instruction {
            return try apply(payload, parsed, place, &context)
        }
        let visible = self
        let expanded = try parsed.expanding(with: { visible.value(of: $0) })
        let title = parsed.text
        let history = HistoryText.of(expanded.instruction, shell: shell)
        switch expanded.instruction {
        case .from, .arg: break
        case .env(let payload):
            configure(title, createdBy: history, origin: place) { runtime in
                for variable in payload.variables { runtime.set(variable.name, to: variable.value) }
            }
            for variable in payload.variables { arguments.yield(to: variable.name) }
        case .label(let payload):
            configure(title, createdBy: history, origin: place) { runtime in
                for label in payload.labels { runtime.labels[label.name] = label.value }
            }
        case .expose(let payload):
            let ports = try StageBuilder.ports(payload, place)
            configure(title, createdBy: history, origin: place) { $0.exposedPorts.formUnion(ports) }
        case .volume(let payload): volume(payload.paths, title: title, origin: place)
        case .user(let payload):
            configure(title, createdBy: history, origin: place) { $0.user = payload.user }
        case .workdir(let payload): workdir(payload.path, title: title, origin: place)
        case .stopSignal(let payload):
            configure(title, createdBy: history, origin: place) { $0.stopSignal = payload.signal }
        case .healthcheck(let payload):
            configure(title, createdBy: history, origin: place) {
                $0.healthcheck = RuntimeConfig.Healthcheck(payload)
            }
        case .shell(let payload):
            configure(title, createdBy: history, origin: place) { $0.shell = payload.arguments }
        case .entrypoint(let payload):
            let words = exec(payload.command)
            let keepsCommand = setsCommand
            configure(title, createdBy: history, origin: place) { runtime in
                runtime.entrypoint = words.isEmpty ? nil : words
                if !keepsCommand { runtime.command = nil }
            }
        case .cmd(let payload):
            let words = exec(payload.command)
            setsCommand = true
            configure(title, createdBy: history, origin: place) { $0.command = words.isEmpty ? nil : words }
        case .onbuild(let payload):
            configure(title, createdBy: history, origin: place) { $0.onBuild.append(payload.expression) }
        case .maintainer(let payload):
            author = payload.author
            configure(title, createdBy: history, origin: place) { _ in }
        case .run(let payload): try apply(payload, title: title, place, &context)
        case .copy(let payload): try apply(payload, title: title, place, &context)
        case .add(let payload): try apply(payload, title: title, place)
        }
    }

    private mutating func apply(
        _ arg: ArgInstruction, _ parsed: ParsedInstruction, _ place: String, _ context: inout StageContext
    ) throws {
        var values: [(name: String, value: String?)] = []
        for argument in arg.arguments {
            context.declared.insert(argument.name)
            let visible = self
            let value = try context.value(of: argument, parsed) { visible.value(of: $0) }
            arguments.declare(argument.name, value)
            values.append((argument.name, value))
        }
        configure(parsed.text, createdBy: HistoryText.argument(values), origin: place) { _ in }
    }

    private func exec(_ command: CommandLine) -> [String] {
        switch command {
        case .exec(let words): words
        case .shell(let text): shell + [text]
        }
    }

    private static func ports(_ expose: ExposeInstruction, _ place: String) throws(PlanError) -> Set<String> {
        do throws(DockerfileError) {
            return Set(try expose.exposedPorts())
        } catch {
            throw PlanError(.invalid, at: place, error.message)
        }
    }
}

extension RuntimeConfig.Healthcheck {
    init(_ instruction: HealthcheckInstruction) {
        self.init(test: instruction.test)
        func set(_ value: Int64) -> Int64? { value == 0 ? nil : value }
        interval = set(instruction.interval)
        timeout = set(instruction.timeout)
        startPeriod = set(instruction.startPeriod)
        startInterval = set(instruction.startInterval)
        retries = set(Int64(instruction.retries))
    }
}
