extension Tree {
    /// Four shards of a model.
    static let large = Tree(
        name: "large", title: "4 files of 512 MB shaped like model weights",
        operations: [.cold, .append],
        changing: "config.json", growing: "model-00004-of-00004.safetensors"
    ) { directory, scale in
        try ModelWeights(size: max(1 << 20, Int(Double(512 << 20) * scale))).write(to: directory)
    }
}

/// Large files that halve: tensors of bfloat16 numbers around zero, of small integers, and embeddings with gaps.
struct ModelWeights {
    /// Bytes of each file.
    let size: Int
    private static let tensor = 4 << 20

    init(size: Int) { self.size = size }

    func write(to directory: String) throws {
        try Files.write(Array(repeating: UInt8(ascii: " "), count: 4_096), to: "\(directory)/config.json")
        let numbers = ModelWeights.numbers()
        for shard in 1...4 {
            let file = try OutputFile.create("\(directory)/model-0000\(shard)-of-00004.safetensors")
            for start in stride(from: 0, to: size, by: ModelWeights.tensor) {
                let place = start / ModelWeights.tensor
                var generator = SeededGenerator(seed: Tree.seed, member: shard << 20 + place)
                let count = min(ModelWeights.tensor, size - start)
                try file.write(Kind.of(place + shard).tensor(count, numbers, &generator))
            }
        }
    }

    /// 65,536 bfloat16 numbers, near zero more often: sums of uniform ones, which need only exact arithmetic.
    private static func numbers() -> [UInt16] {
        var generator = SeededGenerator(seed: Tree.seed)
        return (0..<65_536).map { _ in
            let sum = (0..<6).reduce(Int32(0)) { sum, _ in sum + Int32(generator.below(8_192)) } - 3 * 8_192
            return UInt16(truncatingIfNeeded: (Float(sum) / 1_048_576).bitPattern >> 16)
        }
    }

    private enum Kind {
        case numbers, integers, embedding

        /// Four in ten, two in ten, four in ten.
        static func of(_ place: Int) -> Kind {
            switch place % 10 {
            case 3, 8: .integers
            case 1, 4, 6, 9: .embedding
            default: .numbers
            }
        }

        func tensor(_ count: Int, _ numbers: [UInt16], _ generator: inout SeededGenerator) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: (count + 7) / 8 * 8)
            for place in stride(from: 0, to: bytes.count, by: 8) {
                // Two rows in three of an embedding are words that never came.
                if self == .embedding, (place >> 10) % 3 != 0 { continue }
                var drawn = generator.next()
                for lane in stride(from: place, to: place + 8, by: 2) {
                    let lowest = UInt16(truncatingIfNeeded: drawn)
                    let number = self == .integers ? lowest & 0x1F0F : numbers[Int(lowest)]
                    bytes[lane] = UInt8(truncatingIfNeeded: number)
                    bytes[lane + 1] = UInt8(truncatingIfNeeded: number >> 8)
                    drawn >>= 16
                }
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        }
    }
}
