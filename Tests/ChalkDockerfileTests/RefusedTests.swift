import Testing

@testable import ChalkDockerfile

/// What must not be accepted, with the sentence that says so.
@Suite struct RefusedTests {
    struct Refused: Sendable {
        let text: String
        let error: String

        init(_ text: String, _ error: String) {
            self.text = text
            self.error = error
        }
    }

    static let files: [Refused] = [
        Refused("", "f:1: the file has no instruction; begin with FROM"),
        Refused("# only\n\n# comments\n", "f:3: the file has no instruction; begin with FROM"),
        Refused("ARG a\n", "f:1: the file has no FROM; begin a stage with one"),
        Refused("# escape=x\nFROM a", #"f:1: the escape character must be \ or `, not "x""#),
        Refused("# escape=  \nFROM a", #"f:1: the escape character must be \ or `, not " ""#),
        Refused("# syntax=a\n# syntax=b\nFROM a", "f:2: the syntax directive is given twice; keep one"),
        Refused("# escape=`\n#Escape=`\nFROM a", "f:2: the escape directive is given twice; keep one"),
        Refused("# check=a\n\t# check=a\nFROM a", "f:2: the check directive is given twice; keep one"),
        Refused("RUN x\nFROM a\n", "f:1: RUN stands before the first FROM, where only ARG may"),
        Refused("ARG a\n\nENV a=b\n", "f:3: ENV stands before the first FROM, where only ARG may"),
        Refused("FROM a\nFOOBAR x", "f:2: unknown instruction FOOBAR"),
        Refused("FROM a\nCOPPY x y", "f:2: unknown instruction COPPY; did you mean COPY?"),
        Refused("FROM a\nrunn x", "f:2: unknown instruction runn; did you mean RUN?"),
        Refused("FROM a\n\\\n", "f:2: a continuation continues nothing; remove it"),
        Refused("FROM", "f:1: FROM is written FROM image or FROM image AS name"),
        Refused("FROM a b", "f:1: FROM is written FROM image or FROM image AS name"),
        Refused("FROM a IN b", "f:1: FROM is written FROM image or FROM image AS name"),
        Refused("FROM a AS b c", "f:1: FROM is written FROM image or FROM image AS name"),
        Refused(
            "FROM a AS 1b",
            "f:1: \"1b\" cannot name a stage; begin with a letter and go on with letters, digits, - _ ."),
        Refused(
            "FROM a AS b/c",
            "f:1: \"b/c\" cannot name a stage; begin with a letter and go on with letters, digits, - _ ."),
        Refused("FROM --platfrom=x a", "f:1: FROM has no flag --platfrom; did you mean --platform?"),
        Refused("FROM --platform a", "f:1: --platform of FROM needs a value, as in --platform=value"),
        Refused("FROM --platform=a --platform=a b", "f:1: --platform is given twice to FROM; keep one"),
        Refused("FROM a\nENV x", "f:2: no value in ENV; write ENV NAME=value"),
        Refused("FROM a\nENV", "f:2: ENV needs at least one argument, NAME=value"),
        Refused(
            "FROM a\nENV a=b c", "f:2: no = in word 2 of ENV; write NAME=value and quote values with spaces"),
        Refused("FROM a\nENV =b", "f:2: a name of ENV is empty; write ENV NAME=value"),
        Refused("FROM a\nLABEL x", "f:2: no value in LABEL; write LABEL NAME=value"),
        Refused("FROM a\nlabel x=y =z", "f:2: a name of LABEL is empty; write LABEL NAME=value"),
        Refused("FROM a\nENV --x=y a=b", "f:2: ENV has no flag --x"),
        Refused("FROM a\nARG", "f:2: ARG needs at least one argument, a name"),
        Refused("FROM a\nARG a =b", "f:2: a name of ARG is empty; write ARG NAME=value"),
        Refused("FROM a\nARG --x a", "f:2: ARG has no flag --x"),
        Refused("FROM a\nCOPY x", "f:2: COPY needs at least one source and a destination"),
        Refused("FROM a\nCOPY [\"x\"]", "f:2: COPY needs at least one source and a destination"),
        Refused("FROM a\nADD", "f:2: ADD needs at least one source and a destination"),
        Refused("FROM a\nCOPY --form=x a b", "f:2: COPY has no flag --form; did you mean --from?"),
        Refused("FROM a\nCOPY --link=maybe a b", "f:2: --link of COPY must be true or false, not \"maybe\""),
        Refused("FROM a\nCOPY --link= a b", "f:2: --link of COPY must be true or false, not \"\""),
        Refused("FROM a\nCOPY --exclude a b", "f:2: --exclude of COPY needs a value, as in --exclude=value"),
        Refused("FROM a\nCOPY --checksum=x a b", "f:2: COPY has no flag --checksum"),
        Refused("FROM a\nADD --from=x a b", "f:2: ADD has no flag --from"),
        Refused("FROM a\nADD --parents a b", "f:2: ADD has no flag --parents"),
        Refused(
            "FROM a\nCOPY --from=$x a b",
            "f:2: --from of COPY cannot use variables or quotes; name a stage with FROM and copy from that"),
        Refused(
            "FROM a\nCOPY --from=${x a b",
            "f:2: --from of COPY cannot use variables or quotes; name a stage with FROM and copy from that"),
        Refused("FROM a\nCOPY x <<E\ny\nE\n", "f:2: COPY cannot have a here-document as its destination"),
        Refused(
            "FROM a\nCOPY << E /x\ny\nE\n",
            "f:2: the here-document E is no source of COPY; write <<E as one word"),
        Refused(
            "FROM a\nCOPY <<E it's /x\n",
            "f:2: the here-document E of COPY has no body; check the line's quotes"),
        Refused(
            "FROM a\nRUN <<EOF\nx\n",
            "f:2: the here-document has no end; add a line that is just EOF"),
        Refused(
            "FROM a\nRUN <<EOF\nx\n EOF\n",
            "f:2: the here-document has no end; add a line that is just EOF"),
        Refused(
            "FROM a\nRUN x \\\n <<A <<B\nA\n",
            "f:2: the here-document has no end; add a line that is just B"),
        Refused(
            "FROM a\nRUN [\"a\", 1]",
            "f:2: the JSON array holds something else than strings; put every element in double quotes"),
        Refused(
            "FROM a\nCMD [[\"a\"]]",
            "f:2: the JSON array holds something else than strings; put every element in double quotes"),
        Refused(
            "FROM a\nVOLUME [null]",
            "f:2: the JSON array holds something else than strings; put every element in double quotes"),
        Refused(
            "FROM a\nSHELL bash -c", "f:2: SHELL must be a JSON array, as in SHELL [\"/bin/sh\", \"-c\"]"),
        Refused(
            "FROM a\nSHELL []", "f:2: SHELL needs at least one argument, as in SHELL [\"/bin/sh\", \"-c\"]"),
        Refused("FROM a\nRUN --mnt=x y", "f:2: RUN has no flag --mnt; did you mean --mount?"),
        Refused(
            "FROM a\nRUN --network=hots y",
            "f:2: --network of RUN must be default, none or host, not \"hots\""),
        Refused("FROM a\nRUN --network= y", "f:2: --network of RUN must be default, none or host, not \"\""),
        Refused(
            "FROM a\nRUN --security=x y", "f:2: --security of RUN must be sandbox or insecure, not \"x\""),
        Refused("FROM a\nEXPOSE", "f:2: EXPOSE needs at least one argument, a port"),
        Refused("FROM a\nVOLUME", "f:2: VOLUME needs at least one argument, a directory"),
        Refused("FROM a\nVOLUME [\" \"]", "f:2: a directory of VOLUME is empty; name one"),
        Refused("FROM a\nUSER", "f:2: USER needs exactly one argument, a user and perhaps :group"),
        Refused("FROM a\nWORKDIR", "f:2: WORKDIR needs exactly one argument, a directory"),
        Refused("FROM a\nSTOPSIGNAL", "f:2: STOPSIGNAL needs exactly one argument, a signal"),
        Refused("FROM a\nSTOPSIGNAL --x 9", "f:2: STOPSIGNAL has no flag --x"),
        Refused("FROM a\nMAINTAINER", "f:2: MAINTAINER needs exactly one argument, the author"),
        Refused("FROM a\nONBUILD", "f:2: ONBUILD needs an instruction"),
        Refused(
            "FROM a\nONBUILD ONBUILD RUN x", "f:2: ONBUILD cannot have ONBUILD as its trigger; write it once"),
        Refused("FROM a\nONBUILD from x", "f:2: FROM cannot be a trigger of ONBUILD"),
        Refused("FROM a\nONBUILD MAINTAINER x", "f:2: MAINTAINER cannot be a trigger of ONBUILD"),
        Refused("FROM a\nONBUILD --x RUN y", "f:2: ONBUILD has no flag --x"),
        Refused("FROM a\nHEALTHCHECK", "f:2: HEALTHCHECK needs at least one argument, CMD or NONE"),
        Refused("FROM a\nHEALTHCHECK NONE x", "f:2: HEALTHCHECK NONE takes no arguments"),
        Refused("FROM a\nHEALTHCHECK --retries=1 NONE", "f:2: HEALTHCHECK has no flag --retries"),
        Refused("FROM a\nHEALTHCHECK RUN x", "f:2: HEALTHCHECK takes CMD or NONE, not RUN"),
        Refused("FROM a\nHEALTHCHECK CMD", "f:2: HEALTHCHECK CMD needs a command"),
        Refused("FROM a\nHEALTHCHECK CMD []", "f:2: HEALTHCHECK CMD needs a command"),
        Refused(
            "FROM a\nHEALTHCHECK --interval=5 CMD x",
            "f:2: --interval of HEALTHCHECK must be a duration such as 1m30s, not \"5\""),
        Refused(
            "FROM a\nHEALTHCHECK --timeout=1us CMD x",
            "f:2: --timeout of HEALTHCHECK must be 0 or at least 1ms, not 1us"),
        Refused(
            "FROM a\nHEALTHCHECK --retries=-1 CMD x",
            "f:2: --retries of HEALTHCHECK must be a number from 0, not \"-1\""),
    ]

    @Test(arguments: files)
    func wholeFiles(_ refused: Refused) {
        #expect {
            try Dockerfile.parse(Array(refused.text.utf8), name: "f")
        } throws: { error in
            #expect("\(error)" == refused.error)
            return error is DockerfileError
        }
    }

    /// `--mount` values, each in `RUN --mount=… x` on line 2.
    static let mounts: [Refused] = [
        Refused("", "--mount needs options, as in --mount=key=value"),
        Refused("type=bnd,target=/x", "--mount has no type \"bnd\"; did you mean bind?"),
        Refused("target=/x,tpye=bind", "--mount has no option \"tpye\"; did you mean type?"),
        Refused("target", "\"target\" in --mount is not written key=value"),
        Refused("target=/x,", "\"\" in --mount is not written key=value"),
        Refused(
            "from=$x,target=/x",
            "from of --mount cannot use variables; name a stage with FROM and mount from that"),
        Refused("target=/x,ro=maybe", "ro of --mount cannot be \"maybe\""),
        Refused("target=/x,rw=2", "rw of --mount cannot be \"2\""),
        Refused("type=cache,target=/x,sharing=all", "sharing of --mount cannot be \"all\""),
        Refused("type=bind,target=/x,sharing=locked", "a bind mount has no sharing; only a cache has"),
        Refused("type=bind,target=/x,mode=0700", "a bind mount has no mode"),
        Refused("type=tmpfs,target=/x,uid=1", "a tmpfs mount has no uid"),
        Refused("target=/x,gid=1", "a bind mount has no gid"),
        Refused("type=cache,target=/x,mode=9", "mode of --mount cannot be \"9\""),
        Refused("type=cache,target=/x,uid=-1", "uid of --mount cannot be \"-1\""),
        Refused("type=cache,target=/x,gid=4294967296", "gid of --mount cannot be \"4294967296\""),
        Refused(
            "type=bind,target=/x,size=1", "a bind mount has no size; write type= before it, or leave it out"),
        Refused("type=tmpfs,target=/x,size=huge", "size of --mount cannot be \"huge\""),
        Refused(
            "type=cache,target=/x,required",
            "a cache mount has no required; write type= before it, or leave it out"),
        Refused(
            "required,type=secret,id=x",
            "a bind mount has no required; write type= before it, or leave it out"),
        Refused("type=secret", "a secret mount needs an id, source or target"),
        Refused("type=secret,id=a,from=b", "a secret mount has no from"),
        Refused("type=secret,id=a,source=b", "a secret mount has both source and id; keep id"),
        Refused("type=secret,id=a,required=perhaps", "required of --mount cannot be \"perhaps\""),
        Refused("type=ssh,source=b", "an ssh mount has no source; use id"),
        Refused("target=/x\\\"y", "a double quote in --mount stands inside an option; quote it whole"),
        Refused("\\\"target=/x", "a double quote in --mount is not closed before a comma or the end"),
    ]

    @Test(arguments: mounts)
    func mountFlags(_ refused: Refused) {
        #expect {
            try Dockerfile.parse(Array("FROM a\nRUN --mount=\(refused.text) x".utf8), name: "f")
        } throws: { error in
            "\(error)" == "f:2: \(refused.error)"
        }
    }

    @Test func textThatIsNotUTF8() {
        let text = Array("FROM a\n# caf\u{E9}\nRUN x \\\n ".utf8) + [0xE9, 0x0A]
        #expect {
            try Dockerfile.parse(text, name: "f")
        } throws: {
            "\($0)" == "f:4: the instruction is not valid UTF-8; save the file in that encoding"
        }
    }

    @Test func commentsMayHoldAnyBytes() throws {
        let file = try Dockerfile.parse(
            Array("# ".utf8) + [0xFF, 0xFE] + Array("\nFROM a\n#\u{0}".utf8) + [0xC3], name: "f")
        #expect(file.stages.count == 1)
    }

    @Test func linesHaveALimit() throws {
        let most = String(repeating: "x", count: 65_531)
        #expect(try parsed("FROM a\nRUN \(most)\n").stages[0].instructions.count == 1)
        #expect {
            try parsed("FROM a\nRUN \(most)x\n")
        } throws: {
            "\($0)" == "Dockerfile:2: the line is longer than 65535 bytes; break it with \\"
        }
        // Joined lines have none.
        #expect(try parsed("FROM a\nRUN \(most.dropLast())\\\n\(most)").stages[0].instructions.count == 1)
    }

    @Test func deepNestingIsRefusedAndHarmless() {
        let onbuild = "FROM a\n" + String(repeating: "ONBUILD ", count: 5000) + "RUN x"
        #expect(throws: DockerfileError.self) { try parsed(onbuild) }
        let brackets = "FROM a\nRUN " + String(repeating: "[", count: 30_000)
        #expect(throws: Never.self) { try parsed(brackets) }
        let closed = String(repeating: "[", count: 9_000) + String(repeating: "]", count: 9_000)
        #expect(throws: DockerfileError.self) { try parsed("FROM a\nRUN " + closed) }
        let tooDeep = String(repeating: "[", count: 10_001) + String(repeating: "]", count: 10_001)
        #expect(throws: Never.self) { try parsed("FROM a\nRUN " + tooDeep) }
        let reference = String(repeating: "${a:-", count: 8000)
        #expect {
            try WordLexer().word(reference, lookup: { _ in nil })
        } throws: {
            "\($0)" == "cannot expand a word: substitutions are nested too deeply"
        }
    }
}
