internal import ChalkSystem

/// The numbers under which the worker finds what it was given; every worker has all of the fixed ones.
enum WorkerDescriptor {
    /// The job: one JSON document in memory, so that neither side can block the other with it.
    static let job: Int32 = 3
    /// JSON lines back.
    static let answers: Int32 = 4
    /// The step's standard output and error.
    static let output: Int32 = 5
    static let errors: Int32 = 6
    /// The bytes of a layer that the worker writes.
    static let layer: Int32 = 7
    /// The first of the blobs that the worker reads.
    static let firstInput: Int32 = 8

    /// Takes over a number that was passed, as a descriptor that the worker's own children do not get.
    static func take(_ number: Int32) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.adopt(number)
    }
}
