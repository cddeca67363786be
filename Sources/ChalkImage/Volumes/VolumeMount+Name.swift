internal import ChalkStore

extension VolumeMount {
    /// Checks a volume's name; nobody is asked whether there is such a volume.
    static func check(name: String) throws { _ = try VolumeName(name) }
}
