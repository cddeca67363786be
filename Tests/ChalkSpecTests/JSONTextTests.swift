import ChalkOCI
import Testing

@testable import ChalkSpec

@Suite("JSON text")
struct JSONTextTests {
    @Test(
        "What is not JSON is told with line and column",
        arguments: [
            ("", "line 1, column 1: the text ends where a value is expected"),
            ("{", "line 1, column 2: the text ends inside an object"),
            ("[1", "line 1, column 3: the text ends inside an array"),
            ("[1,]", "line 1, column 4: a comma stands before the end of an array"),
            ("{\"a\":1,\n}", "line 2, column 1: a comma stands before the end of an object"),
            ("{\"a\" 1}", "line 1, column 6: \":\" is expected after the key"),
            (
                "{\n  \"é\": 1,\n  \"é\": 2}",
                "line 3, column 3: the key \"é\" was given before, at line 2, column 3"
            ),
            ("{\"a\":1 \"b\":2}", "line 1, column 8: \",\" or \"}\" is expected here"),
            ("[1 2]", "line 1, column 4: \",\" or \"]\" is expected here"),
            ("{a: 1}", "line 1, column 2: a key in double quotes is expected here"),
            ("{} x", "line 1, column 4: there is more text after the end of the value"),
            ("\"abc", "line 1, column 1: the string that starts here is not closed"),
            ("\"a\nb\"", "line 1, column 3: the string is not closed on its line; write a line break as \\n"),
            ("\"a\u{1}\"", "line 1, column 3: a control character in a string is written as an escape"),
            ("\"éé\\x\"", "line 1, column 4: this is not an escape of JSON"),
            ("\"\\u12g4\"", "line 1, column 2: \\u needs four hexadecimal digits"),
            ("\"\\ud800\"", "line 1, column 2: half of a surrogate pair stands alone"),
            ("\"\\udc00\"", "line 1, column 2: half of a surrogate pair stands alone"),
            ("\"\\ud800\\u0041\"", "line 1, column 2: half of a surrogate pair stands alone"),
            (
                "[0755]",
                "line 1, column 2: a number has no leading zero; octal goes into a string, as \"0755\""
            ),
            ("-", "line 1, column 2: a number needs a digit here"),
            ("1.", "line 1, column 3: a number needs a digit here"),
            ("1e", "line 1, column 3: a number needs a digit here"),
            ("// x\n{}", "line 1, column 1: comments are not JSON"),
            ("'a'", "line 1, column 1: strings stand in double quotes"),
            ("nul", "line 1, column 1: a value is expected here"),
            ("truex", "line 1, column 1: a value is expected here"),
            ("NaN", "line 1, column 1: a value is expected here"),
        ])
    func syntax(text: String, message: String) {
        #expect(problem { _ = try JSONTextReader.read(Array(text.utf8)) } == message)
    }

    @Test("Strings are UTF-8")
    func encoding() {
        #expect(
            problem { _ = try JSONTextReader.read([0x22, 0xFF, 0x22]) }
                == "line 1, column 1: the string is not valid UTF-8")
    }

    @Test("Depth is bounded")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(
            problem { _ = try JSONTextReader.read(Array(deep.utf8)) }
                == "line 1, column 65: values are nested more than 64 deep")
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(problem { _ = try JSONTextReader.read(Array(allowed.utf8)) } == "no error")
    }

    @Test("Values and positions")
    func values() throws {
        let text =
            "\u{FEFF} {\"k\": [true, false, null, -1.5e+3, \"\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\\\\\"\"]}"
        let node = try JSONTextReader.read(Array(text.utf8))
        guard case .object(let members) = node.value,
            case .array(let array) = try #require(members.first).node.value
        else {
            Issue.record("not an object with an array")
            return
        }
        #expect(members.first?.position == JSONPosition(line: 1, column: 3))
        #expect(
            array.map(\.value.kindName) == ["a boolean", "a boolean", "null", "a number", "a string"])
        guard case .number(let number) = array[3].value, case .string(let string) = array[4].value else {
            Issue.record("not a number and a string")
            return
        }
        #expect(number == "-1.5e+3")
        #expect(string == "é😀/\u{8}\u{C}\n\r\t\\\"")
    }

    @Test("The writer has one spelling")
    func writer() {
        let value = JSONTextWriter.Value.object([
            ("b", .array([])), ("a", .array([.number(1), .bool(false)])), ("o", .object([])),
            ("s", .string("\"\\\n\r\t\u{1}\u{7F}é/")),
        ])
        #expect(
            JSONTextWriter.text(value) == """
                {
                  "b": [],
                  "a": [
                    1,
                    false
                  ],
                  "o": {},
                  "s": "\\"\\\\\\n\\r\\t\\u0001\\u007fé/"
                }

                """)
    }
}

@Suite("Base64 and modes in JSON")
struct JSONScalarTests {
    @Test(
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zg", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("+/+/", [0xFB, 0xFF, 0xBF]), ("-_-_", [0xFB, 0xFF, 0xBF]),
        ] as [(String, [UInt8])])
    func base64(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: ["Z", "Zm9vZ", "Zg=", "Zg===", "=", "Zm 9v", "Zm9v\n", "Zm9$", "Z=g=", "é"])
    func notBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Base64 is what it was, for every length")
    func base64RoundTrip() {
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test(
        arguments: [
            ("493", 0o755), ("493.0", 0o755), ("4.93e2", 0o755), ("\"493\"", 0o755), ("\"420\"", 0o644),
            ("\"0755\"", 0o755), ("\"0o755\"", 0o755), ("\"0O7777\"", 0o7777), ("0", 0), ("\"0\"", 0),
            ("4095", 0o7777), ("\"0000\"", 0),
        ] as [(String, UInt32)])
    func modes(text: String, mode: UInt32) throws {
        #expect(try FileMode.read(JSONTextReader.read(Array(text.utf8)), at: "m") == mode)
    }

    @Test(
        arguments: [
            ("4096", "m: 4096 is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("-1", "m: -1 is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("1.5", "m: 1.5 is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("1e999", "m: 1e999 is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("\"0o\"", "m: \"0o\" is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("\"0o+7\"", "m: \"0o+7\" is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("\"0888\"", "m: \"0888\" is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("\"rwx\"", "m: \"rwx\" is not a file mode; write an octal string from \"0000\" to \"07777\""),
            ("\"755\"", "m: \"755\" would be a decimal number; write \"0755\" for octal"),
            ("true", "m: is a boolean, where a number or an octal string such as \"0755\" is expected"),
        ])
    func notModes(text: String, message: String) {
        #expect(
            problem { _ = try FileMode.read(JSONTextReader.read(Array(text.utf8)), at: "m") } == message)
    }
}
