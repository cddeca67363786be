/// What a pip requirements file says once its includes are followed and its layout is gone: the same file in another
/// spelling gives an equal value. The values are inlined; no file is needed when the image is built.
package struct Requirements: Hashable, Sendable {
    /// Option lines with long names, one option each, such as `--index-url https://example.org/simple`.
    package let options: [String]
    /// One requirement each; hashes and other options of the requirement follow it on the line.
    package let requirements: [String]
    /// The lines of constraints files (`-c`).
    package let constraints: [String]

    init(options: [String], requirements: [String], constraints: [String]) {
        self.options = options
        self.requirements = requirements
        self.constraints = constraints
    }

    /// Options, then requirements: the lines of an equivalent requirements file.
    package var lines: [String] { options + requirements }

    /// The bytes of an equivalent requirements file, constraints left out.
    package func render() -> [UInt8] {
        Self.text(lines)
    }

    /// The bytes of an equivalent constraints file; nil when there are no constraints.
    package func renderConstraints() -> [UInt8]? {
        constraints.isEmpty ? nil : Self.text(constraints)
    }

    private static func text(_ lines: [String]) -> [UInt8] {
        lines.flatMap { Array($0.utf8) + [0x0A] }
    }

    /// Reads a requirements file and all that it includes. Errors stand at `field` and name file and line.
    package static func read(_ path: String, in location: SpecLocation, at field: String) throws(SpecError)
        -> Requirements
    {
        do throws(SpecError) {
            let absolute = try StepRules.hostPath(path, at: "", in: location)
            var reader = RequirementsReader(location: location)
            try reader.read(file: absolute, asConstraints: false, in: location)
            return reader.result
        } catch {
            throw error.within(field)
        }
    }

    /// Reads lines that were inlined before: no includes any more.
    static func inlined(lines: [String], constraints: [String], at step: String) throws(SpecError)
        -> Requirements
    {
        var reader = RequirementsReader(location: nil)
        do throws(SpecError) {
            try reader.read(lines: lines, asConstraints: false)
        } catch {
            throw error.within("\(step).lines")
        }
        do throws(SpecError) {
            try reader.read(lines: constraints, asConstraints: true)
        } catch {
            throw error.within("\(step).constraints")
        }
        return reader.result
    }
}
