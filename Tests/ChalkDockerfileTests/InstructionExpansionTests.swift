import Testing

@testable import ChalkDockerfile

/// Exactly the fields that BuildKit expands.
@Suite struct InstructionExpansionTests {
    private static let values = ["x": "X Y", "n": "7", "q": "\"", "empty": ""]

    /// Written with variables, and what is the same without.
    static let rows: [(String, String)] = [
        ("ENV a=$x b$n=\"$n $x\" c='$x' d=\\$x", "ENV a=\"X Y\" b7=\"7 X Y\" c=\"\\$x\" d=\"\\$x\""),
        ("ENV a \"$x\" $n", "ENV a X Y 7"),
        ("LABEL $n=$x l=${none:-$n}", "LABEL 7=\"X Y\" l=7"),
        ("ARG $n=$n a b=\"$x\"", "ARG $n=7 a b=\"X Y\""),
        (
            "COPY --chown=$n:$n --chmod=0$n a$n \"b\" /$x/",
            "COPY --chown=7:7 --chmod=07 [\"a7\", \"b\", \"/X Y/\"]"
        ),
        ("COPY [\"$x\", \"/d\\\\$n\"]", "COPY [\"X Y\", \"/d$n\"]"),
        ("COPY --from=s --exclude=$n a b", "COPY --from=s --exclude=$n a b"),
        ("ADD --checksum=sha256:$n --exclude=$n a /$n", "ADD --checksum=sha256:7 --exclude=$n a /7"),
        ("EXPOSE $n/tcp ${x}", "EXPOSE 7/tcp X Y"),
        ("EXPOSE 8$n \"$x\"", "EXPOSE 87 Z"),
        ("VOLUME /$n [$n]", "VOLUME /7 [7]"),
        ("USER $n:\"$n\"", "USER 7:7"),
        ("WORKDIR \"$x\"/'$n'", "WORKDIR X Y/$n"),
        ("STOPSIGNAL $n", "STOPSIGNAL 7"),
        ("RUN $n \"${n}\" ${", "RUN $n \"${n}\" ${"),
        ("RUN [\"$n\"]", "RUN [\"$n\"]"),
        ("RUN cat <<EOF\n$n\nEOF\n", "RUN cat <<EOF\n$n\nEOF\n"),
        ("CMD $n", "CMD $n"), ("CMD [\"$n\"]", "CMD [\"$n\"]"), ("ENTRYPOINT $n", "ENTRYPOINT $n"),
        ("SHELL [\"$n\"]", "SHELL [\"$n\"]"), ("HEALTHCHECK CMD $n", "HEALTHCHECK CMD $n"),
        ("ONBUILD ENV a=$n", "ONBUILD ENV a=$n"), ("MAINTAINER $n", "MAINTAINER $n"),
    ]

    /// As `rows`, but what may stay expandable is compared as it is.
    @Test(arguments: rows)
    func fields(_ written: String, _ plain: String) throws {
        let expanded = try only(written).expanding(with: { Self.values[$0] })
        var expected = try only(plain)
        switch (expanded, expected) {
        case (.env, _), (.label, _), (.workdir, _):
            // The right side says the value with its quotes.
            if written != "WORKDIR \"$x\"/'$n'" { expected = try expected.expanding(with: { _ in nil }) }
        case (.arg(let left), .arg(var right)):
            right.arguments[2].defaultValue = "X Y"
            #expect(left == right)
            return
        case (.expose(let left), .expose):
            // In byte order before the expansion, a quoted value in one piece.
            #expect(left.ports == (written.contains("8$n") ? ["X Y", "87"] : ["7/tcp", "X", "Y"]))
            return
        default: break
        }
        #expect(expanded == expected)
    }

    @Test func from() throws {
        let stage = try parsed("ARG n\nFROM --platform=linux/$n img:${n} AS b$\n".replacing("b$", with: "b"))
            .stages[0]
        let expanded = try stage.opening.expanding(with: { Self.values[$0] })
        #expect(
            expanded.instruction == .from(FromInstruction(base: "img:7", platform: "linux/7", alias: "b")))
        #expect {
            try parsed("FROM ${none}").stages[0].opening.expanding(with: { _ in nil })
        } throws: {
            "\($0)"
                == "Dockerfile:1: the base ${none} of FROM is empty after expansion; give the ARG a value before FROM"
        }
        #expect {
            try parsed("FROM --platform=$p a").stages[0].opening.expanding(with: { _ in nil })
        } throws: {
            "\($0)"
                == "Dockerfile:1: the platform $p of FROM is empty after expansion; give the ARG a value"
        }
    }

    @Test func argumentsOneByOne() throws {
        guard case .arg(let arg) = try only("ARG a=1 b=\"$a\"2 c") else {
            Issue.record("not ARG")
            return
        }
        var values: [String: String] = [:]
        for argument in arg.arguments {
            let known = values
            values[argument.name] = try argument.expandedDefault(with: { known[$0] })
        }
        #expect(values == ["a": "1", "b": "12"])
    }

    @Test func inlineFilesExpandWithoutQuotes() throws {
        let written = "COPY <<a.txt <<'b.txt' /$n/\nit's \"$x\" \\$x $none ${q}\na.txt\n$x\nb.txt\n"
        let expected = CopyOperands(
            paths: [],
            inlineFiles: [
                InlineFile(name: "a.txt", contents: Array("it's \"X Y\" $x  \"\n".utf8)),
                InlineFile(name: "b.txt", contents: Array("$x\n".utf8)),
            ], destination: "/7/")
        #expect(
            try only(written).expanding(with: { Self.values[$0] })
                == .copy(CopyInstruction(operands: expected)))
    }

    @Test func bodiesUseTheBackslashAlways() throws {
        let file = try parsed("# escape=`\nFROM a\nCOPY <<e /`$n\n`$n \\$n\ne\n")
        let copy = try #require(file.stages[0].instructions.first).expanding(with: { Self.values[$0] })
        let operands = CopyOperands(
            paths: [], inlineFiles: [InlineFile(name: "e", contents: Array("`7 $n\n".utf8))],
            destination: "/$n")
        #expect(copy.instruction == .copy(CopyInstruction(operands: operands)))
    }

    @Test func binaryBodiesStayWhenQuoted() throws {
        let quoted = Array("FROM a\nCOPY <<'e' /x\n".utf8) + [0xFF, 0x00, 0x0A] + Array("e\n".utf8)
        let file = try Dockerfile.parse(quoted, name: "f")
        let copy = try #require(file.stages[0].instructions.first).expanding(with: { _ in nil })
        guard case .copy(let payload) = copy.instruction else {
            Issue.record("not COPY")
            return
        }
        #expect(payload.operands.inlineFiles.map(\.contents) == [[0xFF, 0x00, 0x0A]])
        let open = Array("FROM a\n\nCOPY <<e /x\n".utf8) + [0xFF, 0x0A] + Array("e\n".utf8)
        #expect {
            try Dockerfile.parse(open, name: "f").stages[0].instructions[0].expanding(with: { _ in nil })
        } throws: {
            "\($0)"
                == "f:3: the here-document is not valid UTF-8 and cannot be expanded; quote its delimiter to keep it as is"
        }
    }

    @Test func refusedAfterExpansion() throws {
        for text in [
            "VOLUME $empty", "ENV $none=x", "ENV \"\"=x", "WORKDIR ${none?}", "ENV a=${none:?b}", "USER '",
            "EXPOSE ${",
        ] {
            let instruction = try only(text)
            #expect(throws: DockerfileError.self) { try instruction.expanding(with: { Self.values[$0] }) }
        }
    }
}
