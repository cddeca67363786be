internal import ChalkSpec

extension Image {
    /// Reads a spec file: the ProtoJSON of `chalk.sandbox.v1.ImageSpec`, with our own keys
    /// (`docs/image-spec.schema.json`).
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - directory: Where relative paths in it start, usually the directory of the file; nil is the working
    ///     directory.
    public init(json bytes: [UInt8], relativeTo directory: String? = nil) throws(ChalkError) {
        self = try Image.make { () throws(SpecError) in
            try ImageSpec.read(json: bytes, in: ImageFiles.location(directory))
        }
    }

    /// Reads the bytes of a `chalk.sandbox.v1.ImageSpec`, as the Chalk SDK writes it.
    public init(protobuf bytes: [UInt8]) throws(ChalkError) {
        self = try Image.make { () throws(SpecError) in try ImageSpec.read(protobuf: bytes) }
    }

    /// The definition as a spec file; equal definitions give equal text.
    ///
    /// - Parameter directory: An absolute directory; host paths below it are written relative to it. Nil writes all
    ///   of them absolute.
    public func json(relativeTo directory: String? = nil) throws(ChalkError) -> String {
        try ChalkError.checking { () throws(SpecError) in try spec.jsonText(relativeTo: directory) }
    }

    /// The definition as the bytes of a `chalk.sandbox.v1.ImageSpec`; equal definitions give equal bytes.
    ///
    /// Requirements become packages, Debian packages a command, and files to copy their bytes, up to 32 KiB in all.
    /// Volumes are not part of the message. A Dockerfile works when it has one stage and no ARG before FROM.
    public func protobuf() throws(ChalkError) -> [UInt8] {
        try ChalkError.checking { () throws(SpecError) in
            let inlining = LocalInlining(files: ImageFiles(), listing: LocalTree.files(of:))
            return try spec.protobuf(inlining: inlining, head: ImageDockerfileHead.read(spec.base))
        }
    }
}
