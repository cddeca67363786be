import Testing

@testable import ChalkDockerfile

@Suite struct ExpansionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let source: String
        /// Nil when the word is refused.
        let result: String?

        init(_ source: String, _ result: String?) {
            self.source = source
            self.result = result
        }

        var testDescription: String { source.debugDescription }
    }

    static let values = [
        "a": "x", "b": "two words", "empty": "", "p": "/usr/local/lib", "f": "name.tar.gz", "v1": "one",
        "_": "under",
        "q": "it's \"q\"", "d": "$a", "bs": "c\\d", "star": "a*b?c", "lines": "one\ntwo",
        "\u{E9}t\u{E9}": "summer",
        "rep": "banana", "sl": "a/b/c", "br": "x}y", "0": "zero", "10": "ten", "@": "at", "sp": "  x  y  ",
    ]

    static let rows: [Row] = [
        // plain text, quotes, escapes
        Row("", ""), Row("plain", "plain"), Row("two  words", "two  words"), Row("'single'", "single"),
        Row("\"double\"", "double"), Row("a'b'\"c\"d", "abcd"), Row("''", ""), Row("\"\"", ""),
        Row("'$a'", "$a"), Row("\"$a\"", "x"), Row("'\"'", "\""), Row("\"'\"", "'"), Row("\\'", "'"),
        Row("\\\"", "\""),
        Row("\\a", "a"), Row("\\\\", "\\"), Row("\\", ""), Row("a\\", "a"), Row("\\ ", " "),
        Row("'a\\'", "a\\"),
        Row("\"a\\\"b\"", "a\"b"), Row("\"a\\\\b\"", "a\\b"), Row("\"a\\$b\"", "a$b"),
        Row("\"a\\nb\"", "a\\nb"),
        Row("\"a\\'b\"", "a\\'b"), Row("'open", nil), Row("\"open", nil), Row("\"open\\\"", nil),
        Row("it's", nil),
        Row("`a`", "`a`"), Row("\"\\`\"", "\\`"), Row("\u{FEFF}a", "a"), Row("a\u{FEFF}", "a\u{FEFF}"),
        Row("\t a \t", "\t a \t"), Row("é🎉", "é🎉"), Row("a\u{0}b", "a\u{0}b"),
        // $name
        Row("$a", "x"), Row("$a$a", "xx"), Row("-$a-", "-x-"), Row("$b", "two words"), Row("$empty", ""),
        Row("$none", ""), Row("$none.txt", ".txt"), Row("$", "$"), Row("a$", "a$"), Row("$ a", "$ a"),
        Row("$.", "$."),
        Row("$/", "$/"), Row("$$", ""), Row("$$a", "a"), Row("$@", "at"), Row("$0", "zero"),
        Row("$10", "ten"), Row("$1a", "a"),
        Row("$v1", "one"), Row("$_", "under"), Row("$a-b", "x-b"), Row("$a\\b", "xb"), Row("$a\"b\"", "xb"),
        Row("\\$a", "$a"),
        Row("\\\\$a", "\\x"), Row("\\\\\\$a", "\\$a"), Row("$d", "$a"), Row("$q", "it's \"q\""),
        Row("$bs", "c\\d"),
        Row("$\u{E9}t\u{E9}", "summer"), Row("$'a'", "$a"), Row("\"$\"", "$"), Row("$\u{2C9E}", ""),
        Row("$?x", "x"),
        // ${name}
        Row("${a}", "x"), Row("${a}b", "xb"), Row("${none}", ""), Row("${}", nil), Row("${", nil),
        Row("${a", nil), Row("${{a}", nil),
        Row("${:a}", nil), Row("${ a}", nil), Row("${a }", nil), Row("${a.b}", nil), Row("${a=b}", nil),
        Row("${a^}", nil),
        Row("${10}", "ten"), Row("${0}", "zero"), Row("${@}", "at"), Row("${1a}", nil), Row("\"${a}\"", "x"),
        Row("'${a}'", "${a}"),
        Row("\\${a}", "${a}"), Row("$\\{a}", "${a}"), Row("${a}}", "x}"), Row("${\u{E9}t\u{E9}}", "summer"),
        // - and :-
        Row("${a:-d}", "x"), Row("${none:-d}", "d"), Row("${empty:-d}", "d"), Row("${empty-d}", ""),
        Row("${none-d}", "d"),
        Row("${none:-}", ""), Row("${none-}", ""), Row("${none:-$a}", "x"), Row("${none:-${a}}", "x"),
        Row("${none:-${none2:-deep}}", "deep"), Row("${none:-'$a'}", "$a"), Row("${none:-\"$a b\"}", "x b"),
        Row("${none:-a b}", "a b"),
        Row("${none:-\\}}", "}"), Row("${none:-a\\ b}", "a b"), Row("${none:-'}'}", "}"),
        Row("${none:-\"}\"}", "}"),
        Row("${none:-/a:b}", "/a:b"), Row("${a:-${b", nil), Row("${none:--x}", "-x"),
        Row("\"${none:-'q'}\"", "q"), Row("${none:-a", nil),
        Row("${none:-'a}", nil), Row("${-d}", nil), Row("${+d}", ""), Row("${none:-\u{E9}}", "\u{E9}"),
        // + and :+
        Row("${a:+y}", "y"), Row("${none:+y}", ""), Row("${empty:+y}", ""), Row("${empty+y}", "y"),
        Row("${none+y}", ""),
        Row("${a:+$b}", "two words"), Row("${a:+${none:-z}}", "z"), Row("${a:+}", ""),
        Row("${p:+$p:}/x", "/usr/local/lib:/x"),
        // ? and :?
        Row("${a:?no}", "x"), Row("${a?}", "x"), Row("${empty?no}", ""), Row("${empty:?no}", nil),
        Row("${none?no}", nil),
        Row("${none:?}", nil), Row("${none:?$a}", nil),
        // unsupported
        Row("${a:=d}", nil), Row("${a:0:1}", nil), Row("${a:#x}", nil), Row("${a:%x}", nil),
        Row("${a:/x/y}", nil), Row("${a,}", nil),
        Row("${a:", nil), Row("${a:-", nil), Row("${a:}", nil), Row("${#a}", nil), Row("${!a}", nil),
        // # and ##
        Row("${p#/}", "usr/local/lib"), Row("${p#*/}", "usr/local/lib"), Row("${p##*/}", "lib"),
        Row("${p#/usr}", "/local/lib"),
        Row("${p#usr}", "/usr/local/lib"), Row("${p#*}", "/usr/local/lib"), Row("${p##*}", ""),
        Row("${p#}", "/usr/local/lib"),
        Row("${p##}", "/usr/local/lib"), Row("${p#?}", "usr/local/lib"), Row("${p#????}", "/local/lib"),
        Row("${p#/*/}", "local/lib"),
        Row("${p##/*/}", "lib"), Row("${f#*.}", "tar.gz"), Row("${f##*.}", "gz"), Row("${f#n?m}", "e.tar.gz"),
        Row("${none#x}", ""),
        Row("${star#a\\*}", "b?c"), Row("${star#a*b\\?}", "c"), Row("${star#a\\?}", "a*b?c"),
        Row("${bs#c\\\\}", "d"),
        Row("${a#\\x}", nil), Row("${br#x\\}}", "y"), Row("${sl#a\\/}", "b/c"), Row("${p#$p}", ""),
        Row("${lines#*}", "one\ntwo"),
        Row("${lines##*}", "\ntwo"), Row("${lines##*o}", "ne\ntwo"), Row("${star#'a*'}", "*b?c"),
        Row("${p##", nil),
        Row("${f#[n]}", "name.tar.gz"), Row("${f#.}", "name.tar.gz"), Row("\"${f#*.}\"", "tar.gz"),
        Row("${f#**.}", "tar.gz"),
        // % and %%
        Row("${f%.*}", "name.tar"), Row("${f%%.*}", "name"), Row("${f%.gz}", "name.tar"),
        Row("${f%gz.}", "name.tar.gz"),
        Row("${p%/*}", "/usr/local"), Row("${p%%/*}", ""), Row("${p%/}", "/usr/local/lib"),
        Row("${p%?}", "/usr/local/li"),
        Row("${p%%*}", ""), Row("${p%*}", "/usr/local/lib"), Row("${f%t*r*}", "name."), Row("${f%%a*}", "n"),
        Row("${star%\\?c}", "a*b"),
        Row("${bs%\\\\d}", "c"), Row("${br%\\}y}", "x"), Row("${none%%x}", ""), Row("${lines%o}", "one\ntw"),
        Row("${f%\\}", nil),
        Row("${rep%a*}", "banan"), Row("${rep%%a*}", "b"),
        // / and //
        Row("${rep/a/o}", "bonana"), Row("${rep//a/o}", "bonono"), Row("${rep/n*/N}", "baN"),
        Row("${rep//an/AN}", "bANANa"),
        Row("${rep/x/y}", "banana"), Row("${rep/a/}", "bnana"), Row("${rep//a/}", "bnn"),
        Row("${rep//?/x}", "xxxxxx"),
        Row("${rep//*/x}", "x"), Row("${rep/?/x}", "xanana"), Row("${sl//\\//-}", "a-b-c"),
        Row("${sl/\\//}", "ab/c"),
        Row("${sl////}", "/a///b///c/"), Row("${sl//\\//::}", "a::b::c"),
        Row("${rep/a/$b}", "btwo wordsnana"), Row("${rep/$v1/z}", "banana"),
        Row("${none/a/b}", ""), Row("${none/*/b}", "b"), Row("${rep/a}", nil), Row("${rep/a/b", nil),
        Row("${rep/", nil),
        Row("${rep//a/\\$}", "b\\$n\\$n\\$"), Row("${rep//a/'$1'}", "b$1n$1n$1"),
        Row("${rep///-}", "-b-a-n-a-n-a-"),
        Row("${rep//ana/X}", "bXna"), Row("${rep/b*n/X}", "Xa"), Row("${lines/*/X}", "X\ntwo"),
        Row("${lines//*/X}", "X\nX"),
        Row("${star//\\*/s}", "asb?c"), Row("${rep/\\q/x}", nil), Row("${sl//b\\/c/X}", "a/X"),
        Row("${a/x/\\}}", "\\}"),
        Row("${rep/n/'/'}", "ba/ana"), Row("${rep/'n'/N}", "baNana"), Row("${f//./_}", "name_tar_gz"),
        // heredoc signs are text
        Row("<<EOF", "<<EOF"), Row("a << b", "a << b"), Row("<", "<"), Row("1<2", "1<2"),
    ]

    @Test func theTableIsLongEnough() { #expect(Self.rows.count >= 120) }

    @Test(arguments: rows)
    func words(_ row: Row) throws {
        let lexer = WordLexer()
        if let result = row.result {
            let expanded = try lexer.word(row.source, lookup: { Self.values[$0] })
            #expect(Array(expanded.text.utf8) == Array(result.utf8))
        } else {
            #expect(throws: DockerfileError.self) { try lexer.word(row.source, lookup: { Self.values[$0] }) }
        }
    }

    static let backtickRows: [Row] = [
        Row("`$a", "$a"), Row("\\$a", "\\x"), Row("C:\\dir\\", "C:\\dir\\"), Row("``", "`"),
        Row("\"`\"\"", "\""),
        Row("\"\\\"", "\\"), Row("${none:-`}}", "}"), Row("${bs#c\\\\}", "d"),
        Row("${p#`/}", "/usr/local/lib"),
        Row("\"`n\"", "`n"), Row("`", ""),
    ]

    @Test(arguments: backtickRows)
    func backtickAsTheEscape(_ row: Row) throws {
        let expanded = try WordLexer(escape: .backtick).word(row.source, lookup: { Self.values[$0] })
        #expect(expanded.text == row.result)
    }

    static let splitRows: [(String, [String])] = [
        ("", []), ("  ", []), ("a", ["a"]), (" a  b ", ["a", "b"]), ("'a b' c", ["a b", "c"]),
        ("\"a b\"c d", ["a bc", "d"]),
        ("a\\ b c", ["a b", "c"]), ("$b", ["two", "words"]), ("\"$b\"", ["two words"]),
        ("x$b", ["xtwo", "words"]),
        ("$b$b", ["two", "wordstwo", "words"]), ("$none", []), ("'' \"\"", []), ("a '' b", ["a", "b"]),
        ("$sp", ["x", "y"]),
        ("80${none:-80}", ["8080"]), ("${none:-1 2}3", ["1", "23"]), ("a\u{A0}b\u{2003}c", ["a", "b", "c"]),
        ("$a$b", ["xtwo", "words"]),
        ("<< EOF x", ["<< EOF", "x"]), ("a\tb\nc", ["a", "b", "c"]), ("$q", ["it's", "\"q\""]),
        ("${a:+'1 2'}", ["1", "2"]),
    ]

    @Test(arguments: splitRows)
    func wordLists(_ source: String, _ words: [String]) throws {
        #expect(try WordLexer().words(source, lookup: { Self.values[$0] }) == words)
    }

    @Test func rawSpellings() throws {
        func word(_ source: String, _ options: WordLexer.Options) throws -> String {
            try WordLexer(options: options).word(source, lookup: { Self.values[$0] }).text
        }
        #expect(try word("'a' \"$a\" \\b", .init(keepsQuotes: true)) == "'a' \"x\" b")
        #expect(
            try word("'a' \"\\\"\" \\b", .init(keepsQuotes: true, keepsEscapes: true)) == "'a' \"\\\"\" \\b")
        #expect(try word("it's \"$a\" \\$a", .init(ignoresQuotes: true)) == "it's \"x\" $a")
        let unset = "$none ${none} ${none:-x} ${none#y} ${none/a/b} ${none//a/b} $a"
        #expect(
            try word(unset, .init(keepsUnset: true))
                == "$none ${none} ${none:-x} ${none#y} ${none/a/b} ${none/a/b} x")
    }

    @Test func namesAreReported() throws {
        let source = "$b ${none:-$a} $b ${a:+$other} '$hidden' ${empty:-$late} $none"
        let expanded = try WordLexer().word(source, lookup: { Self.values[$0] })
        #expect(expanded.used == ["b", "a", "empty"])
        #expect(expanded.unmatched == ["none", "other", "late"])
    }

    static let sentences: [(String, String)] = [
        ("${v:?set v first}", "cannot expand a word: v: set v first"),
        ("${v?}", "cannot expand a word: v: must not be unset"),
        ("${empty:?}", "cannot expand a word: empty: must not be empty"),
        ("'x", "cannot expand a word: a single quote is not closed"),
        ("\"x", "cannot expand a word: a double quote is not closed"),
        ("${v:=x}", "cannot expand a word: the modifier := in ${v…} is not supported"),
        ("${v:-x", "cannot expand a word: the } of ${v…} is missing"),
        ("${v/x}", "cannot expand a word: the / of ${v…} is missing"),
        ("${}", "cannot expand a word: a ${…} does not begin with a name"),
        ("${v", "cannot expand a word: the } of ${v is missing"),
        ("${v#\\z}", "cannot expand a word: in a pattern \\ may only stand before * ? \\ } and /"),
    ]

    @Test(arguments: sentences)
    func errorSentences(_ source: String, _ sentence: String) {
        #expect {
            try WordLexer().word(source, lookup: { Self.values[$0] })
        } throws: {
            "\($0)" == sentence
        }
    }
}
