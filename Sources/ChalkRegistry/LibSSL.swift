internal import Glibc

/// The functions of libssl and libcrypto that TLS needs, opened when the first `https` URL is met: linking
/// libssl would cost a millisecond at every start of the command.
///
/// The types are those of OpenSSL 3's headers, handles as opaque pointers; values named in comments are macros there.
@unsafe struct LibSSL: @unchecked Sendable {
    // Only pointers to functions, which never change once set: hence Sendable.
    typealias Handle = OpaquePointer
    typealias Free = @convention(c) (Handle?) -> Void
    typealias Make = @convention(c) (Handle?) -> Handle?
    typealias Get = @convention(c) () -> Handle?
    typealias Act = @convention(c) (Handle?) -> Int32
    typealias Text = @convention(c) (Int) -> UnsafePointer<CChar>?

    let clientMethod: Get
    let contextNew: Make
    let contextFree: Free
    let contextControl: @convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int
    let contextSetOptions: @convention(c) (Handle?, UInt64) -> UInt64
    let contextSetVerify: @convention(c) (Handle?, Int32, OpaquePointer?) -> Void
    let contextLoad: @convention(c) (Handle?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32
    let new: Make
    let free: Free
    let setBIO: @convention(c) (Handle?, Handle?, Handle?) -> Void
    let setHost: @convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32
    let setHostFlags: @convention(c) (Handle?, UInt32) -> Void
    let verifyParameters: Make
    let setAddress: @convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32
    let control: @convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int
    let setConnectState: Free
    let handshake: Act
    let read: @convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32
    let write: @convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32
    let error: @convention(c) (Handle?, Int32) -> Int32
    let verifyResult: @convention(c) (Handle?) -> Int
    let verifyText: Text
    let memoryMethod: Get
    let bioNew: Make
    let bioFree: Act
    let bioRead: @convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32
    let bioWrite: @convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32
    let nextError: @convention(c) () -> UInt
    let clearErrors: @convention(c) () -> Void
    let errorText: @convention(c) (UInt) -> UnsafePointer<CChar>?

    private static let loaded = unsafe Result { () throws(Fault) in unsafe try LibSSL() }

    /// The library.
    static func open() throws(Fault) -> LibSSL { try unsafe loaded.get() }

    private init() throws(Fault) {
        guard let library = unsafe dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL) else {
            throw Fault(
                .certificate, "libssl.so.3, which TLS needs, could not be loaded",
                remedy: "install the package libssl3")
        }
        // Symbols of libcrypto are found too: dlsym searches what the library depends on.
        func find<F>(_ name: String, _ type: F.Type) throws(Fault) -> F {
            guard let symbol = unsafe dlsym(library, name) else {
                throw Fault(.certificate, "libssl.so.3 has no function \(name)", remedy: "install libssl 3")
            }
            return unsafe unsafeBitCast(symbol, to: type)
        }
        unsafe clientMethod = try find("TLS_client_method", Get.self)
        unsafe contextNew = try find("SSL_CTX_new", Make.self)
        unsafe contextFree = try find("SSL_CTX_free", Free.self)
        unsafe contextControl = try find(
            "SSL_CTX_ctrl", (@convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int).self)
        unsafe contextSetOptions = try find(
            "SSL_CTX_set_options", (@convention(c) (Handle?, UInt64) -> UInt64).self)
        unsafe contextSetVerify = try find(
            "SSL_CTX_set_verify", (@convention(c) (Handle?, Int32, OpaquePointer?) -> Void).self)
        unsafe contextLoad = try find(
            "SSL_CTX_load_verify_locations",
            (@convention(c) (Handle?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32).self)
        unsafe new = try find("SSL_new", Make.self)
        unsafe free = try find("SSL_free", Free.self)
        unsafe setBIO = try find(
            "SSL_set_bio", (@convention(c) (Handle?, Handle?, Handle?) -> Void).self)
        unsafe setHost = try find(
            "SSL_set1_host", (@convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32).self)
        unsafe setHostFlags = try find("SSL_set_hostflags", (@convention(c) (Handle?, UInt32) -> Void).self)
        unsafe verifyParameters = try find("SSL_get0_param", Make.self)
        unsafe setAddress = try find(
            "X509_VERIFY_PARAM_set1_ip_asc",
            (@convention(c) (Handle?, UnsafePointer<CChar>?) -> Int32).self)
        unsafe control = try find(
            "SSL_ctrl", (@convention(c) (Handle?, Int32, Int, UnsafeMutableRawPointer?) -> Int).self)
        unsafe setConnectState = try find("SSL_set_connect_state", Free.self)
        unsafe handshake = try find("SSL_do_handshake", Act.self)
        unsafe read = try find(
            "SSL_read", (@convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32).self)
        unsafe write = try find(
            "SSL_write", (@convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32).self)
        unsafe error = try find("SSL_get_error", (@convention(c) (Handle?, Int32) -> Int32).self)
        unsafe verifyResult = try find("SSL_get_verify_result", (@convention(c) (Handle?) -> Int).self)
        unsafe verifyText = try find("X509_verify_cert_error_string", Text.self)
        unsafe memoryMethod = try find("BIO_s_mem", Get.self)
        unsafe bioNew = try find("BIO_new", Make.self)
        unsafe bioFree = try find("BIO_free", Act.self)
        unsafe bioRead = try find(
            "BIO_read", (@convention(c) (Handle?, UnsafeMutableRawPointer?, Int32) -> Int32).self)
        unsafe bioWrite = try find(
            "BIO_write", (@convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32).self)
        unsafe nextError = try find("ERR_get_error", (@convention(c) () -> UInt).self)
        unsafe clearErrors = try find("ERR_clear_error", (@convention(c) () -> Void).self)
        unsafe errorText = try find(
            "ERR_reason_error_string", (@convention(c) (UInt) -> UnsafePointer<CChar>?).self)
    }
}
