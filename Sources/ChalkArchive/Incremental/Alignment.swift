/// How far a layer that is made is the known one: up to its first segment that is another, and never again after
/// it, since a digest depends on all that went before.
struct Alignment {
    /// Segments from the start that are the same.
    private(set) var count = 0
    /// Whether one is not.
    private(set) var isBroken: Bool

    /// - Parameter known: whether there is a known layer at all.
    init(known: Bool) { isBroken = !known }

    /// Takes the next segment that was not passed over; says whether it is the known layer's.
    ///
    /// - Parameter row: the segment of the known layer that has its bytes.
    mutating func take(_ number: Int, row: Int?) -> Bool {
        if isBroken { return false }
        // What was passed over is the same.
        count = number
        guard row == number else {
            isBroken = true
            return false
        }
        count += 1
        return true
    }

    /// Ends the layer after a number of segments.
    mutating func end(after total: Int, of known: Int) {
        if isBroken { return }
        count = total
        isBroken = total != known
    }
}
