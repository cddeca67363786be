/// The order of paths in trees and layers: byte order by components, so a directory comes right before all below it.
package enum PathOrder {
    /// Whether a path comes before another one.
    package static func precedes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        for index in 0..<min(a.count, b.count) where a[index] != b[index] {
            // A slash sorts below every byte that a name can hold.
            return (a[index] == slash ? 0 : a[index]) < (b[index] == slash ? 0 : b[index])
        }
        return a.count < b.count
    }
}
