/// `HEALTHCHECK [flags] CMD command` or `HEALTHCHECK NONE`.
package struct HealthcheckInstruction: Sendable, Equatable {
    /// As the image config has it: `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`.
    package var test: [String]
    /// Nanoseconds, as the image config has them; 0 leaves the default. So are the next three.
    package var interval: Int64 = 0
    package var timeout: Int64 = 0
    package var startPeriod: Int64 = 0
    package var startInterval: Int64 = 0
    /// 0 leaves the default.
    package var retries: Int32 = 0

    package init(test: [String]) {
        self.test = test
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        try source.requireWords("CMD or NONE")
        let kind = source.words[0].uppercased()
        let operands = Array(source.words.dropFirst())
        if kind == "NONE" {
            // BuildKit drops flags here without a word; a health check that is off can have none.
            _ = try InstructionFlags(source, [:])
            guard operands.isEmpty else {
                throw source.failure(.arguments, "HEALTHCHECK NONE takes no arguments")
            }
            test = ["NONE"]
            return
        }
        let flags = try InstructionFlags(
            source,
            [
                "interval": .string, "timeout": .string, "start-period": .string, "start-interval": .string,
                "retries": .string,
            ])
        guard kind == "CMD" else {
            throw source.failure(.value, "HEALTHCHECK takes CMD or NONE, not \(source.words[0])")
        }
        guard !operands.isEmpty else {
            throw source.failure(.arguments, "HEALTHCHECK CMD needs a command")
        }
        test = source.syntax.isJSON ? ["CMD"] + operands : ["CMD-SHELL", operands.joined(separator: " ")]
        interval = try Self.duration("interval", flags, source)
        timeout = try Self.duration("timeout", flags, source)
        startPeriod = try Self.duration("start-period", flags, source)
        startInterval = try Self.duration("start-interval", flags, source)
        if let value = flags.string("retries") {
            guard let count = Int32(value), count >= 0 else {
                throw source.failure(
                    .flag, "--retries of HEALTHCHECK must be a number from 0, not \"\(value)\"")
            }
            retries = count
        }
    }

    private static func duration(
        _ name: String, _ flags: InstructionFlags, _ source: InstructionSource
    ) throws(DockerfileError) -> Int64 {
        guard let value = flags.string(name) else { return 0 }
        guard let nanoseconds = DurationText.nanoseconds(value) else {
            throw source.failure(
                .flag, "--\(name) of HEALTHCHECK must be a duration such as 1m30s, not \"\(value)\"")
        }
        guard nanoseconds == 0 || nanoseconds >= 1_000_000 else {
            throw source.failure(.flag, "--\(name) of HEALTHCHECK must be 0 or at least 1ms, not \(value)")
        }
        return nanoseconds
    }
}
