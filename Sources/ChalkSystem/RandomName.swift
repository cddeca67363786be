/// Names that do not collide; never a source of anything that is kept in an image.
package enum RandomName {
    /// Sixteen lower-case hexadecimal digits.
    package static func make() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
