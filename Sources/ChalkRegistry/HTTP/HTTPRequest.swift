internal import ChalkSystem

/// One request, which may be sent several times: its body is opened anew each time.
struct HTTPRequest {
    var method: String
    var url: HTTPURL
    var headers: HTTPHeaders
    var body: RequestBody?
    /// How long the answer's head may take.
    var answerTimeout: Duration
}

/// The bytes of a request, from a source that can be opened again.
struct RequestBody {
    /// Bytes of the source to leave out at its start.
    var offset: Int64 = 0
    /// Bytes to send.
    var length: Int64
    var open: () throws -> any ByteSource
    /// Told how many bytes of the source are sent, `offset` included.
    var progress: ((Int64) -> Void)?
}

/// An answer whose body is still to be read.
struct HTTPResponse {
    let head: HTTPResponseHead
    let body: ResponseBody
    /// Where the answer came from, after all redirects.
    let url: HTTPURL

    var status: Int { head.status }
}
