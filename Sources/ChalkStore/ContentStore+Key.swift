internal import ChalkSystem

extension ContentStore {
    private static let keyFile = "key"
    private static let keySize = 16

    /// The store's own secret of 16 bytes, for fingerprints that mean something only here. It never leaves the
    /// store, and nothing but time is lost with it.
    ///
    /// - Parameter makes: whether to make one where there is none.
    /// - Returns: nil when there is none.
    package func fingerprintKey(makes: Bool) throws -> [UInt8]? {
        try StoreError.explain("read the key of the store \(path)") {
            if let key = try existingKey() { return key }
            guard makes else { return nil }
            let lock = try FileLock.acquire("key", in: directory.folder(.locks), .exclusive)
            return try withExtendedLifetime(lock) {
                if let key = try existingKey() { return key }
                var source = SystemRandomNumberGenerator()
                let key = (0..<Self.keySize).map { _ in UInt8.random(in: .min ... .max, using: &source) }
                let ingest = try directory.makeIngest()
                try ingest.file.changeMode(0o600)
                try ingest.file.write(key)
                try ingest.move(to: Self.keyFile, in: directory.chalk)
                return key
            }
        }
    }

    private func existingKey() throws -> [UInt8]? {
        let key = try directory.chalk.document(Self.keyFile, limit: 4096)
        return key?.count == Self.keySize ? key : nil
    }
}
