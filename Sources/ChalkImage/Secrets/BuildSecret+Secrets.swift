extension BuildSecret {
    /// The variables of some secrets as what `RUN --mount=type=secret,id=NAME` finds, by their names.
    public static func named(
        _ secrets: [Secret], from sources: SecretSources
    ) throws(ChalkError) -> [String: BuildSecret] {
        var values: [String: BuildSecret] = [:]
        for variable in try Secret.resolve(secrets, from: sources) {
            values[variable.name] = try ChalkError.wrap { try BuildSecret(Array(variable.value.utf8)) }
        }
        return values
    }
}
