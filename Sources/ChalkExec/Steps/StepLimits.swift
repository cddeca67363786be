internal import ChalkOCI
internal import ChalkSystem

/// How much of the machine a step may use. They change no result, except that a step fails which needs more.
package struct StepLimits: Hashable, Sendable {
    /// One of the limits of `getrlimit(2)`.
    package struct Resource: Hashable, Sendable {
        /// `nofile`, `nproc`, …
        package let name: String
        /// What the process may not exceed; -1 is no limit.
        package let soft: Int64
        /// What it may raise ``soft`` to; -1 is no limit.
        package let hard: Int64

        /// A limit from its parts.
        package init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// Bytes of memory.
    package var memory: Int64?
    /// Bytes of memory and swap together; -1 is no limit.
    package var memoryAndSwap: Int64?
    /// Microseconds of processor time in each period.
    package var processorQuota: Int64?
    /// Microseconds; the kernel's own is 100 000.
    package var processorPeriod: Int64?
    /// Weight among others; the usual one is 1024.
    package var processorShares: Int64?
    /// Processors that may be used: `0-3,7`.
    package var processors: String?
    /// Memory nodes that may be used: `0-1`.
    package var memoryNodes: String?
    /// Limits of each process.
    package var resources: [Resource] = []
    /// Size of /dev/shm in bytes; nil is 64 MiB.
    package var sharedMemory: Int64?

    /// No limits.
    package init() {}

    /// The kernel's controllers (control groups version 2 and 1 alike) that these limits need.
    var controllers: [String] {
        var names: [String] = []
        if memory != nil || memoryAndSwap != nil { names.append("memory") }
        if processorQuota != nil || processorPeriod != nil || processorShares != nil { names.append("cpu") }
        if processors != nil || memoryNodes != nil { names.append("cpuset") }
        return names
    }

    /// Members of `linux.resources` (runtime-spec, config-linux.md).
    var runtimeResources: [(String, JSON?)] {
        func number(_ value: Int64?) -> JSON? { value.map { .integer($0) } }
        var members: [(String, JSON?)] = []
        if memory != nil || memoryAndSwap != nil {
            members.append(
                ("memory", .object(present: [("limit", number(memory)), ("swap", number(memoryAndSwap))])))
        }
        if controllers.contains("cpu") || controllers.contains("cpuset") {
            members.append(
                (
                    "cpu",
                    .object(present: [
                        ("shares", number(processorShares)), ("quota", number(processorQuota)),
                        ("period", number(processorPeriod)), ("cpus", processors.map { .string($0) }),
                        ("mems", memoryNodes.map { .string($0) }),
                    ])
                ))
        }
        return members
    }

    /// `process.rlimits` (runtime-spec, config.md); nil for none.
    var runtimeRlimits: JSON? {
        if resources.isEmpty { return nil }
        return .array(
            resources.map { limit in
                .object([
                    .init("type", .string("RLIMIT_\(limit.name.uppercased())")),
                    .init("hard", StepLimits.number(limit.hard)),
                    .init("soft", StepLimits.number(limit.soft)),
                ])
            })
    }

    /// The specification's number is unsigned: no limit is the largest one.
    private static func number(_ value: Int64) -> JSON {
        value < 0 ? .number(String(UInt64.max)) : .integer(value)
    }
}

extension StepLimits {
    var json: JSON {
        func number(_ value: Int64?) -> JSON? { value.map { .integer($0) } }
        return .object(present: [
            ("memory", number(memory)), ("memoryAndSwap", number(memoryAndSwap)),
            ("processorQuota", number(processorQuota)), ("processorPeriod", number(processorPeriod)),
            ("processorShares", number(processorShares)), ("processors", processors.map { .string($0) }),
            ("memoryNodes", memoryNodes.map { .string($0) }),
            (
                "resources",
                .array(
                    resources.map { .array([.string($0.name), .integer($0.soft), .integer($0.hard)]) })
            ),
            ("sharedMemory", number(sharedMemory)),
        ])
    }

    init(json: JSON) throws {
        memory = json["memory"]?.integer
        memoryAndSwap = json["memoryAndSwap"]?.integer
        processorQuota = json["processorQuota"]?.integer
        processorPeriod = json["processorPeriod"]?.integer
        processorShares = json["processorShares"]?.integer
        processors = json["processors"]?.string
        memoryNodes = json["memoryNodes"]?.string
        resources = try json.field("resources").asArray().map { entry in
            let parts = try entry.asArray()
            guard parts.count == 3 else { throw ExecError.badMessage("a limit") }
            return Resource(
                name: try parts[0].asString(), soft: try parts[1].asInteger(), hard: try parts[2].asInteger())
        }
        sharedMemory = json["sharedMemory"]?.integer
    }
}
