internal import ChalkSystem

/// Keeps blobs from being collected while somebody is about to refer to them.
///
/// Builds, pulls and pushes hold it shared, as many as there are; a collection holds it alone.
package struct StoreLock: ~Copyable, Sendable {
    private let lock: FileLock

    private init(_ lock: consuming FileLock) { self.lock = lock }

    /// Waits until no collection runs; then none starts while the lock lives.
    package static func shared(_ store: ContentStore) throws -> StoreLock {
        try StoreError.explain("lock the store \(store.path)") {
            StoreLock(try FileLock.acquire("gc", in: store.directory.folder(.locks), .shared))
        }
    }

    /// Waits until nobody else works in the store; then nobody starts while the lock lives.
    package static func exclusive(_ store: ContentStore) throws -> StoreLock {
        try StoreError.explain("lock the store \(store.path)") {
            StoreLock(try FileLock.acquire("gc", in: store.directory.folder(.locks), .exclusive))
        }
    }

    /// The store for oneself at once.
    ///
    /// - Throws: ``StoreError`` `.busy` when somebody else works in it.
    package static func exclusiveNow(_ store: ContentStore) throws -> StoreLock {
        try StoreError.explain("lock the store \(store.path)") {
            let folder = try store.directory.folder(.locks)
            guard let lock = try FileLock.tryAcquire("gc", in: folder, .exclusive) else {
                throw StoreError(
                    .busy,
                    "the store \(store.path) is in use by a build, pull or push; try again when it has ended")
            }
            return StoreLock(lock)
        }
    }
}
