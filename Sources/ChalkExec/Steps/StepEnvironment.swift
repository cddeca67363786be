/// The variables of a step's process.
enum StepEnvironment {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The request's variables in their order, then those that a step always has, then those that mounts bring
    /// along; ``StepRequest/extraEnvironment`` wins over all. Each name once.
    static func variables(_ request: StepRequest, home: String, mounts: [String]) -> [String] {
        var list: [String] = []
        func name(_ variable: String) -> Substring { variable.prefix { $0 != "=" } }
        func set(_ variable: String, replacing: Bool) {
            if let index = list.firstIndex(where: { name($0) == name(variable) }) {
                if replacing { list[index] = variable }
            } else {
                list.append(variable)
            }
        }
        for variable in request.environment { set(variable, replacing: true) }
        set("PATH=\(defaultPath)", replacing: false)
        set("HOME=\(home)", replacing: false)
        if let epoch = request.sourceDateEpoch { set("SOURCE_DATE_EPOCH=\(epoch)", replacing: false) }
        for variable in mounts { set(variable, replacing: true) }
        for variable in request.extraEnvironment { set(variable, replacing: true) }
        return list
    }
}
