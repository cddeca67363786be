import ChalkOCI
import ChalkDockerfile
import ChalkOCI
import ChalkPlan
import Testing

/// ARG and ENV: what instructions and RUN steps see of them.
struct PlanVariablesTests {
    /// Lines of a stage on `base`, and what the label `seen` and a RUN at their end see in `X`.
    struct Row: Sendable {
        let lines: String
        let label: String
        /// Nil where the variable is not set.
        let run: String?

        init(_ lines: String, _ label: String, _ run: String?) {
            (self.lines, self.label, self.run) = (lines, label, run)
        }
    }

    @Test(arguments: [
        Row("ARG X=a", "a", "a"), Row("ENV X=e", "e", "e"), Row("ARG X", "", nil), Row("ARG X=", "", ""),
        // The later of the two counts.
        Row("ARG X=a\nENV X=e", "e", "e"), Row("ENV X=e\nARG X=a", "a", "a"),
        Row("ENV X=e\nARG X", "e", "e"), Row("ENV X=e\nARG X=a\nENV X=f", "f", "f"),
        Row("ARG X=a\nARG X=b", "b", "b"), Row("ARG X=a\nARG X", "a", "a"),
        Row("ARG X=a\nARG Y=$X X=${Y}b", "ab", "ab"), Row("ENV X=1\nENV X=2 Z=$X\nENV X=$Z", "1", "1"),
        Row("ARG TARGETOS\nARG X=$TARGETOS", "linux", "linux"),
        Row("ARG TARGETSTAGE\nENV X=$TARGETSTAGE", "default", "default"),
        Row("ARG FROM_BASE=2\nENV X=$FROM_BASE", "2", "2"),
    ])
    func order(row: Row) throws {
        let graph = try Plans.plan(dockerfile: "FROM base\n\(row.lines)\nLABEL seen=$X\nRUN true\n")
        #expect(graph.stages[0].runtime.labels["seen"] == row.label)
        let seen = Plans.runs(graph)[0].environment.first { $0.hasPrefix("X=") }
        #expect(seen == row.run.map { "X=\($0)" })
    }

    @Test func buildArgumentsReplaceDefaults() throws {
        let graph = try Plans.plan(
            dockerfile: "FROM base\nARG A=${none:?no default} B=b\nLABEL seen=$A-$B-$C\n",
            arguments: ["A": "1", "C": "3"])
        #expect(graph.stages[0].runtime.labels["seen"] == "1-b-")
    }

    @Test func whatAStageHandsOn() throws {
        let text = """
            ARG G=global
            FROM base AS one
            ARG G A=a
            ENV E=e
            ARG E=hidden
            FROM one
            LABEL seen=$G-$A-$E
            RUN true
            FROM base
            LABEL seen=$G-$A-$E

            """
        let second = try Plans.plan(dockerfile: text, target: "1")
        #expect(second.stages[1].runtime.labels["seen"] == "global-a-e")
        #expect(
            Plans.runs(second)[0].environment
                == ["PATH=/bin", "FROM_BASE=1", "E=e", "A=a", "G=global"])
        let third = try Plans.plan(dockerfile: text)
        #expect(third.stages[2].runtime.labels["seen"] == "--")
    }

    @Test func theStageThatIsBuiltHasAName() throws {
        let text = "FROM base AS one\nFROM base-$TARGETSTAGE AS two\n"
        #expect("\(try Plans.plan(dockerfile: text).stages[1].base)".contains("base-two"))
    }

    @Test func proxiesNeedNoDeclarationAndAreNoArguments() throws {
        let graph = try Plans.plan(
            dockerfile: "FROM base\nRUN true $HTTP_PROXY\nLABEL seen=$HTTP_PROXY\n",
            arguments: ["HTTP_PROXY": "http://p"])
        #expect(graph.warnings.isEmpty)
        #expect(graph.stages[0].runtime.labels["seen"] == "")
        #expect(Plans.runs(graph)[0].environment == ["PATH=/bin", "FROM_BASE=1"])
        #expect(!graph.stages[0].steps.contains { $0.createdBy.contains("http://p") })
    }

    @Test func triggersOfAStage() throws {
        let text = """
            FROM base AS one
            ARG A=1
            ONBUILD RUN first $A
            ONBUILD LABEL seen=$A
            FROM one AS two
            RUN second
            FROM two
            RUN third

            """
        let graph = try Plans.plan(dockerfile: text)
        #expect(Plans.runs(graph).map { $0.arguments.last } == ["third"])
        let second = try Plans.plan(dockerfile: text, target: "two")
        #expect(Plans.runs(second).map { $0.arguments.last } == ["first $A", "second"])
        #expect(graph.stages[0].runtime.onBuild.count == 2)
        #expect(graph.stages[1].runtime.onBuild.isEmpty)
        #expect(graph.stages[2].runtime.labels["seen"] == "1")
    }

    @Test func history() throws {
        let text = """
            FROM base
            ARG B=2 A C=$B
            ENV x=$B y="a b"
            LABEL $B=$C z=""
            WORKDIR w
            USER u$B
            RUN make $B
            RUN ["make", "all"]
            EXPOSE 80 90-91/udp
            VOLUME /v /w
            SHELL ["/bin/bash", "-c"]
            STOPSIGNAL SIGINT
            CMD run "it"
            ENTRYPOINT ["a b"]
            MAINTAINER me

            """
        let graph = try Plans.plan(dockerfile: text)
        #expect(
            graph.stages[0].steps.map(\.createdBy) == [
                "ARG B=2 A C=2", "ENV x=2 y=a b", "LABEL 2=2 z=", "WORKDIR /w", "USER u2",
                "RUN |3 B=2 A= C=2 /bin/sh -c make $B", "RUN |3 B=2 A= C=2 make all",
                "EXPOSE [80/tcp 90/udp 91/udp]", "VOLUME [/v /w]", "SHELL [/bin/bash -c]",
                "STOPSIGNAL SIGINT", #"CMD ["/bin/bash" "-c" "run \"it\""]"#, #"ENTRYPOINT ["a b"]"#,
                "MAINTAINER me",
            ])
    }
}
