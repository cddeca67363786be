internal import ChalkExec

/// The part of a build that runs in a process of its own, with namespaces of its own.
///
/// RUN steps and the unpacking of layers need it. The process is the program that uses this library, started once
/// more, so such a program calls ``runIfRequested(arguments:)`` first thing in `main`.
public enum BuildWorker {
    /// Does a worker's job if the arguments ask for it; the result is the status to exit with, nil for an ordinary
    /// start. Call it before anything can start a thread or task.
    public static func runIfRequested(arguments: [String]) -> Int32? {
        if let status = SupervisorProcess.runIfRequested(arguments: arguments) { return status }
        return WorkerMain.runIfRequested(arguments: arguments, layerWork: ArchiveLayerWork())
    }
}
