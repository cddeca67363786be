/// What `--chmod` says: octal bits, or the clauses of chmod(1) (`u=rwX,go=rX`, `g=u`, `+x`).
package struct ModeChange: Hashable, Sendable {
    /// One thing that is done to the bits, in order.
    private enum Action: Hashable, Sendable {
        case remove(UInt32)
        case add(UInt32)
        /// `X`: for directories, and for what somebody could execute before.
        case addSearch(UInt32)
        /// The permissions of one class, moved into others.
        case copy(from: Class, into: UInt32, operation: UInt8)
    }

    /// User, group or others, by the distance of its bits from the lowest.
    private enum Class: UInt32, Hashable, Sendable {
        case user = 6
        case group = 3
        case others = 0
    }

    /// As it was written; octal for bits that were given as a number.
    package let text: String
    private let actions: [Action]

    /// Exactly these permission bits.
    package static func bits(_ bits: UInt32) -> ModeChange {
        ModeChange(text: String(bits & 0o7777, radix: 8), actions: [.remove(0o7777), .add(bits & 0o7777)])
    }

    private init(text: String, actions: [Action]) {
        self.text = text
        self.actions = actions
    }

    /// Reads the value of `--chmod`; nil when it is none.
    package init?(_ text: String) {
        if let first = text.utf8.first, (0x30...0x39).contains(first) {
            guard let bits = UInt32(text, radix: 8), bits <= 0o7777 else { return nil }
            self = .bits(bits)
            return
        }
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let actions = reader.actions() else { return nil }
        self.init(text: text, actions: actions)
    }

    /// The bits that a file or directory with these bits gets.
    package func applied(to mode: UInt32, isDirectory: Bool) -> UInt32 {
        var bits = mode & 0o7777
        for action in actions {
            switch action {
            case .remove(let these): bits &= ~these
            case .add(let these): bits |= these
            case .addSearch(let these): if isDirectory || mode & 0o111 != 0 { bits |= these }
            case .copy(let from, let classes, let operation):
                let value = bits >> from.rawValue & 7
                let spread = (value << 6 | value << 3 | value) & classes
                switch operation {
                case UInt8(ascii: "+"): bits |= spread
                case UInt8(ascii: "-"): bits &= ~spread
                default: bits = bits & ~classes | spread
                }
            }
        }
        return bits
    }

    /// Reads clauses such as `u=rw,g+s,o=g-w`.
    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func actions() -> [Action]? {
            var actions: [Action] = []
            while true {
                let who = classes()
                repeat {
                    guard let more = operation(for: who) else { return nil }
                    actions += more
                } while !rest.isEmpty && rest.first != UInt8(ascii: ",")
                if rest.popFirst() == nil { return actions }
            }
        }

        /// The bits of the classes that are named, with those of set-ID; 0 where none is.
        private mutating func classes() -> UInt32 {
            var who: UInt32 = 0
            while let byte = rest.first {
                switch byte {
                case UInt8(ascii: "a"): who |= 0o6777
                case UInt8(ascii: "u"): who |= 0o4700
                case UInt8(ascii: "g"): who |= 0o2070
                case UInt8(ascii: "o"): who |= 0o0007
                default: return who
                }
                rest.removeFirst()
            }
            return who
        }

        /// `+`, `-` or `=` and the permissions after it.
        private mutating func operation(for named: UInt32) -> [Action]? {
            guard let sign = rest.popFirst(), "+-=".utf8.contains(sign) else { return nil }
            let who = named == 0 ? 0o6777 : named
            // Set-ID and sticky bits are no business of others alone.
            let isOthersAlone = who & ~0o0007 == 0
            var permissions: UInt32 = 0
            var search: UInt32 = 0
            var copies: [Action] = []
            loop: while let byte = rest.first {
                switch byte {
                case UInt8(ascii: "r"): permissions |= 0o444 & who
                case UInt8(ascii: "w"): permissions |= 0o222 & who
                case UInt8(ascii: "x"): permissions |= 0o111 & who
                case UInt8(ascii: "X"): search |= 0o111 & who
                case UInt8(ascii: "s"): permissions |= 0o6000 & who
                case UInt8(ascii: "t"): permissions |= isOthersAlone ? 0 : 0o1000
                case UInt8(ascii: "u"): copies.append(copy(.user, who, sign))
                case UInt8(ascii: "g"): copies.append(copy(.group, who, sign))
                case UInt8(ascii: "o"): copies.append(copy(.others, who, sign))
                default: break loop
                }
                rest.removeFirst()
            }
            var actions: [Action] = []
            switch sign {
            case UInt8(ascii: "-"):
                if permissions | search != 0 { actions.append(.remove(permissions | search)) }
            case UInt8(ascii: "="):
                if copies.isEmpty || permissions | search != 0 { actions.append(.remove(who)) }
                fallthrough
            default:
                if permissions != 0 { actions.append(.add(permissions)) }
                if search != 0 { actions.append(.addSearch(search)) }
            }
            return actions + copies
        }

        private func copy(_ from: Class, _ who: UInt32, _ sign: UInt8) -> Action {
            .copy(from: from, into: who & 0o777, operation: sign)
        }
    }
}
