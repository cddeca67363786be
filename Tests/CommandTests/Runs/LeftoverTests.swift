import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Nothing is mounted and nothing runs after a build, however it ended. `.ci/run-endings` does the same many more times.
@Suite(.serialized) struct LeftoverTests {
    private enum Ending: CaseIterable {
        case success, failure, interrupt, kill
    }

    @Test func nothingIsLeft() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write("file\n", "context/file")
        let mark = "86400.\(UInt32.random(in: 1...9_999_999))"
        for round in 0..<3 {
            for ending in Ending.allCases {
                let last =
                    switch ending {
                    case .success: "true"
                    case .failure: "exit 3"
                    case .interrupt, .kill: "sleep \(mark)"
                    }
                try lab.write(
                    """
                    FROM busybox AS other
                    RUN sleep \(mark) & echo \(round) > /f
                    FROM busybox
                    RUN --mount=target=/src --mount=type=cache,target=/c --mount=from=other,target=/o sleep \(mark) & \\
                        echo begun; \(last)

                    """, "context/Dockerfile")
                let running = try lab.start(
                    "build", "-f", "context/Dockerfile", "context", "--progress=plain", "--no-cache")
                if ending == .interrupt || ending == .kill {
                    while !running.errorsSoFar().contains("| begun") {
                        try #require(kill(running.id, 0) == 0, "\(running.errorsSoFar())")
                        try Pause.wait(.milliseconds(5), Cancellation())
                    }
                    running.signal(ending == .kill ? SIGKILL : SIGINT)
                }
                let ran = try running.wait()
                let expected: Int32 =
                    switch ending {
                    case .success: 0
                    case .failure: 1
                    case .interrupt: 130
                    case .kill: 128 + SIGKILL
                    }
                #expect(ran.status == expected, "\(ending): \(ran.errors)")
                #expect(try Leftovers.processesAfterWaiting(mark).isEmpty, "\(ending)")
                #expect(try Leftovers.mounts(lab.path).isEmpty, "\(ending)")
            }
        }
        #expect(try lab.check("verify").status == 0)
        // The next build takes away what the killed ones left on the disk.
        try lab.write("FROM busybox\nRUN true\n", "context/Dockerfile")
        try lab.check("build", "-f", "context/Dockerfile", "context", "--no-cache")
        #expect(try lab.tool("ls", "store/chalk/snapshots/work").output == "")
    }
}
