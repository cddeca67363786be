import ChalkTestSupport
import ChalkOCI
import Testing

struct JSONTests {
    @Test func canonicalTextIsSortedAndBare() throws {
        let json = try JSON.parse(
            Array(#" { "b" : [1, -2.50, 1e3, true, null], "a": "é\u00e9\ud83d\ude00\n\"" } "#.utf8))
        #expect(
            String(decoding: json.canonical(), as: UTF8.self)
                == #"{"a":"éé😀\n\"","b":[1,-2.50,1e3,true,null]}"#)
    }

    @Test(
        arguments: [
            "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "+1", "1.", "nul", "\"\u{1}\"", "\"\\x\"",
            "\"\\ud800\"", "\"abc", "1 2", "{a:1}", "\"\\u00g0\"", "-",
        ])
    func refuses(text: String) {
        #expect(throws: OCIError.self) { try JSON.parse(Array(text.utf8)) }
    }

    @Test func refusesWhatIsNotUTF8() {
        #expect(throws: OCIError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func depthIsBounded() throws {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: OCIError.self) { try JSON.parse(Array(deep.utf8)) }
        #expect(error?.description == "not valid JSON: nested more than 128 deep at byte 129")
    }

    @Test func mutatedDocumentsNeverCrash() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let start = Array(#"{"a":[1,2.5,"x\u00e9",{"b":null,"c":[true,false]}],"d":"\ud83d\ude00"}"#.utf8)
        for _ in 0..<5_000 {
            var bytes = start
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if let value = try? JSON.parse(bytes) {
                #expect((try? JSON.parse(value.canonical())) != nil, "seed \(seed)")
            }
        }
    }
}
