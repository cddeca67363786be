/// The character that continues lines and escapes characters; the `escape` directive chooses it.
package enum EscapeCharacter: String, Sendable, Hashable {
    case backslash = "\\"
    case backtick = "`"

    var scalar: Unicode.Scalar {
        switch self {
        case .backslash: "\\"
        case .backtick: "`"
        }
    }

    var byte: UInt8 {
        switch self {
        case .backslash: UInt8(ascii: "\\")
        case .backtick: UInt8(ascii: "`")
        }
    }
}
