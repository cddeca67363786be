/// The definition of an image as a value: `chalk.sandbox.v1.ImageSpec` plus what only our JSON and Swift forms say.
/// Every instance obeys the rules of `StepRules` and `SpecRules`; the ways to make one check them.
package struct ImageSpec: Hashable, Sendable {
    /// Largest spec text or message that is read, in bytes.
    package static let sizeLimit = 64 << 20

    package internal(set) var base: BaseImage
    package internal(set) var steps: [BuildStep] = []
    /// Exec form; empty is unset.
    package internal(set) var entrypoint: [String] = []
    /// Exec form; empty is unset.
    package internal(set) var cmd: [String] = []
    /// Absolute directory in the image, before the first step and in the config.
    package internal(set) var workdir: String?
    /// Set before the first step and in the config. Every output lists it by the bytes of the names.
    package internal(set) var env: [String: String] = [:]
    /// Fields of the protobuf message that this version does not know, as raw bytes.
    package internal(set) var unknownFields: [UInt8] = []

    init(base: BaseImage) {
        self.base = base
    }

    /// `env` by the bytes of the names: the order of every output.
    package var sortedEnv: [(name: String, value: String)] {
        env.map { (name: $0.key, value: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
