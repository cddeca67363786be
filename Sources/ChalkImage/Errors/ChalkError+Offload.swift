internal import ChalkSystem

extension ChalkError {
    /// Runs blocking work on the I/O pool; cancelling the task cancels the work.
    static func offload<T: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> T
    ) async throws -> T {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await IOPool.shared.run { try ChalkError.wrap { try body(cancellation) } }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
