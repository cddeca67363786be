/// The variables of a step's process.
enum StepEnvironment {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The request's variables in their order, then those that a step always has, then those that mounts bring
    /// along; ``StepRequest/extraEnvironment`` wins over all. Each name once.
    static func variables(_ request: StepRequest, home: String, mounts: [String]) -> [String] {
        var list = VariableList()
        for variable in request.environment { list.set(variable) }
        list.set("PATH=\(defaultPath)", replacing: false)
        list.set("HOME=\(home)", replacing: false)
        if let epoch = request.sourceDateEpoch { list.set("SOURCE_DATE_EPOCH=\(epoch)", replacing: false) }
        for variable in mounts + request.extraEnvironment { list.set(variable) }
        return list.variables
    }
}
