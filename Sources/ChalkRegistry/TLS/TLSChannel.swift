internal import COpenSSL
internal import ChalkSystem

/// A connection through TLS. libssl never sees the socket: it turns bytes in memory into bytes in memory, so
/// timeouts, cancellation and SIGPIPE are those of the channel below, which may be TLS to a proxy itself.
@safe final class TLSChannel: Channel, @unchecked Sendable {
    // A channel belongs to one connection, which one thread uses at a time; the one method for other threads,
    // shutdown(), touches only the channel below, which is Sendable: hence Sendable.
    private let below: any Channel
    private let context: TLSContext
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private var scratch = [UInt8](repeating: 0, count: 65_536)
    private var sealed = [UInt8](repeating: 0, count: 65_536)

    private enum Outcome {
        case done(Int)
        /// More bytes from the other side are needed.
        case starved
        /// The other side said that it will send no more.
        case ended
        /// libssl's words for what went wrong.
        case broken(String)
    }

    /// Agrees on TLS over a channel, the certificate checked for `host`.
    init(_ below: any Channel, host: String, context: TLSContext, timeout: Duration) throws {
        self.below = below
        self.context = context
        guard let ssl = unsafe SSL_new(context.raw) else {
            throw Fault(.certificate, "libssl has no memory for a connection")
        }
        guard let incoming = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(ssl)
            throw Fault(.certificate, "libssl has no memory for a connection")
        }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            _ = unsafe BIO_free(incoming)
            unsafe SSL_free(ssl)
            throw Fault(.certificate, "libssl has no memory for a connection")
        }
        // From here on the session owns both memories.
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        unsafe self.ssl = unsafe ssl
        unsafe self.incoming = unsafe incoming
        unsafe self.outgoing = unsafe outgoing
        try expect(host)
        unsafe SSL_set_connect_state(ssl)
        try handshake(host: host, timeout: timeout)
    }

    deinit {
        unsafe SSL_free(ssl)
    }

    private func expect(_ host: String) throws(Fault) {
        let isSet: Bool
        if TLSChannel.isAddress(host) {
            isSet = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
        } else {
            // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS; then SSL_CTRL_SET_TLSEXT_HOSTNAME with a host_name.
            unsafe SSL_set_hostflags(ssl, 4)
            var name = Array(host.utf8CString)
            isSet = unsafe SSL_set1_host(ssl, host) == 1 && SSL_ctrl(ssl, 55, 0, &name) == 1
        }
        if !isSet { throw Fault(.certificate, "its host name cannot be checked") }
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private func handshake(host: String, timeout: Duration) throws {
        while true {
            ERR_clear_error()
            let outcome = judge(unsafe SSL_do_handshake(ssl))
            if case .broken(let words) = outcome {
                // Our alert goes out as far as it can without waiting.
                _ = try? flush(timeout: .zero) { false }
                throw handshakeFault(host, words)
            }
            _ = try flush(timeout: timeout) { false }
            switch outcome {
            case .done: return
            case .starved where try feed(timeout: timeout): continue
            default:
                throw Fault(.network, "it closed the connection during the TLS handshake", isTransient: true)
            }
        }
    }

    private func handshakeFault(_ host: String, _ words: String) -> Fault {
        let code = unsafe SSL_get_verify_result(ssl)
        if code != 0 {
            let words =
                unsafe X509_verify_cert_error_string(code).map { unsafe String(cString: $0) }
                ?? "error \(code)"
            switch code {
            // X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH.
            case 62, 64:
                return Fault(
                    .certificate, "its certificate is for another host than \(host)",
                    remedy: "use the name that the certificate is for")
            // X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID.
            case 9, 10:
                return Fault(
                    .certificate, "its \(words)", remedy: "renew it, or set this machine's clock")
            default:
                return Fault(
                    .certificate, "its certificate is not signed by a trusted authority (\(words))",
                    remedy: "if it should be trusted, name its authority's certificate with --ca-cert")
            }
        }
        if let fault = clientFault(words) { return fault }
        let speaksNoTLS = ["wrong version number", "packet length too long", "http request"].contains(words)
        var fault = Fault(
            .certificate, "no TLS connection could be agreed (\(words))",
            remedy: speaksNoTLS ? "if it speaks plain HTTP, ask for that with --plain-http" : nil)
        fault.speaksNoTLS = speaksNoTLS
        return fault
    }

    private var lastError: String {
        let code = ERR_get_error()
        guard code != 0, let words = unsafe ERR_reason_error_string(code) else { return "no reason known" }
        return PlainText.clean(unsafe String(cString: words))
    }

    private func broken(_ words: String) -> Fault {
        clientFault(words) ?? Fault(.network, "its TLS connection broke (\(words))", isTransient: true)
    }

    /// What an alert of the other side says about our certificate; nil where it says nothing about it.
    private func clientFault(_ words: String) -> Fault? {
        let isRequired = words.contains("certificate required")
        let isRefused = ["unknown ca", "bad certificate", "certificate unknown", "certificate expired"]
            .contains { words.contains("alert \($0)") }
        guard isRequired || isRefused else { return nil }
        return Fault(
            .certificate,
            context.showsCertificate
                ? "it does not take the client certificate (\(words))"
                : "it wants a client certificate (\(words))",
            remedy: "put NAME.cert and NAME.key into its directory in certs.d, or into that of --cert-dir")
    }

    /// What a call's result means; called right after it, before anything else touches the error queue.
    private func judge(_ result: Int32) -> Outcome {
        if result > 0 { return .done(Int(result)) }
        switch unsafe SSL_get_error(ssl, result) {
        // SSL_ERROR_WANT_READ, SSL_ERROR_ZERO_RETURN.
        case 2: return .starved
        case 6: return .ended
        default: return .broken(lastError)
        }
    }

    private func decrypt(into buffer: inout [UInt8], offset: Int, count: Int) -> Outcome {
        precondition(offset >= 0 && count > 0 && offset + count <= buffer.count)
        ERR_clear_error()
        let wanted = Int32(clamping: count)
        let got = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read(ssl, bytes.baseAddress.map { unsafe $0 + offset }, wanted)
        }
        return judge(got)
    }

    /// Takes in bytes from the socket, waiting for them; false at its end.
    private func feed(timeout: Duration) throws -> Bool {
        let got = try below.read(into: &scratch, offset: 0, count: scratch.count, timeout: timeout)
        store(got)
        return got > 0
    }

    private func store(_ count: Int) {
        if count > 0 {
            _ = unsafe scratch.withUnsafeBytes {
                unsafe BIO_write(incoming, $0.baseAddress, Int32(clamping: count))
            }
        }
    }

    /// Sends what libssl has made; false when `isAnswered` ended that.
    private func flush(timeout: Duration, isAnswered: () throws -> Bool) throws -> Bool {
        while true {
            let got = unsafe sealed.withUnsafeMutableBytes {
                unsafe BIO_read(outgoing, $0.baseAddress, Int32(clamping: $0.count))
            }
            if got <= 0 { return true }
            if !(try below.write(sealed[..<Int(got)], timeout: timeout, isAnswered: isAnswered)) {
                return false
            }
        }
    }

    func read(into buffer: inout [UInt8], offset: Int, count: Int, timeout: Duration) throws -> Int {
        while true {
            switch decrypt(into: &buffer, offset: offset, count: count) {
            case .done(let got): return got
            case .ended: return 0
            case .broken(let words): throw broken(words)
            case .starved:
                _ = try flush(timeout: timeout) { false }
                // An end without TLS's own farewell may be an attacker's: never a body's regular end.
                if !(try feed(timeout: timeout)) {
                    throw Fault(.network, "the connection was cut", isTransient: true)
                }
            }
        }
    }

    func readIfReady(into buffer: inout [UInt8], offset: Int, count: Int) throws -> Int? {
        while true {
            switch decrypt(into: &buffer, offset: offset, count: count) {
            case .done(let got): return got
            case .ended: return 0
            case .broken(let words): throw broken(words)
            case .starved:
                guard let got = try below.readIfReady(into: &scratch, offset: 0, count: scratch.count) else {
                    return nil
                }
                if got == 0 { return 0 }
                store(got)
            }
        }
    }

    func write(_ bytes: ArraySlice<UInt8>, timeout: Duration, isAnswered: () throws -> Bool) throws -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            ERR_clear_error()
            let piece = rest.prefix(65_536)
            let wrote = unsafe piece.withUnsafeBytes {
                unsafe SSL_write(ssl, $0.baseAddress, Int32(clamping: $0.count))
            }
            switch judge(wrote) {
            case .done(let count): rest = rest.dropFirst(count)
            case .broken(let words): throw broken(words)
            case .starved, .ended: throw broken("it takes nothing more")
            }
            if !(try flush(timeout: timeout, isAnswered: isAnswered)) { return false }
        }
        return true
    }

    func shutdown() { below.shutdown() }
}
