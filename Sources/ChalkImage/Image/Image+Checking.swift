internal import ChalkSpec

extension ChalkError {
    /// The sentence of the spec, for users of the library.
    init(_ error: SpecError) {
        self.init(error.code == .unreadable ? .notFound : .invalidInput, error.description)
    }

    /// Runs `body` with its errors made public.
    static func checking<Value>(_ body: () throws(SpecError) -> Value) throws(ChalkError) -> Value {
        do throws(SpecError) {
            return try body()
        } catch {
            throw ChalkError(error)
        }
    }
}
