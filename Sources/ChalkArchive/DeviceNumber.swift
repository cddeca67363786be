/// Linux's packing of a device's two numbers in `dev_t` (makedev(3)).
enum DeviceNumber {
    static func pack(major: UInt32, minor: UInt32) -> UInt64 {
        let (major, minor) = (UInt64(major), UInt64(minor))
        return (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
    }

    static func unpack(_ device: UInt64) -> (major: UInt32, minor: UInt32) {
        (
            UInt32(truncatingIfNeeded: (device >> 32) & 0xFFFF_F000 | (device >> 8) & 0xFFF),
            UInt32(truncatingIfNeeded: (device >> 12) & 0xFFFF_FF00 | device & 0xFF)
        )
    }
}
