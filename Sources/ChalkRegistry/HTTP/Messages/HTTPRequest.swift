internal import ChalkSystem

/// One request, which may be sent several times: its body is opened anew each time.
struct HTTPRequest {
    var method: String
    var url: HTTPURL
    var headers: HTTPHeaders
    var body: RequestBody?
    /// How long the answer's head may take.
    var answerTimeout: Duration
    /// How long it may go on after a cancellation; nil ends it at once.
    var grace: Duration?
    /// The registry on whose behalf it is sent, whose authorities count for whoever answers; nil for the URL's own
    /// origin.
    var home: Origin?
    /// What it asks for beyond its URL, for people.
    var remark: String?
    /// Whether its body holds a credential, which no redirect takes to anybody else.
    var staysWithOrigin = false
}

/// The bytes of a request, from a source that can be opened again.
struct RequestBody {
    /// Bytes of the content before the first that is sent.
    var offset: Int64 = 0
    /// Bytes to send.
    var length: Int64
    var content: BlobContent
    /// Told how many bytes of the content are sent, `offset` included.
    var progress: ((Int64) -> Void)?
}

extension RequestBody {
    /// All of a small document.
    init(_ bytes: [UInt8]) {
        self.init(length: Int64(bytes.count), content: BlobContent(whole: { MemorySource(bytes) }))
    }
}

/// An answer whose body is still to be read.
struct HTTPResponse {
    let head: HTTPResponseHead
    let body: ResponseBody
    /// Where the answer came from, after all redirects.
    let url: HTTPURL

    var status: Int { head.status }
}
