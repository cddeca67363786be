import Testing

@testable import ChalkSystem

struct ProcessStatusTests {
    /// As of a shell two namespaces down, which has a handler for TERM, has blocked USR1, and may change owners only.
    private let shell = ProcessStatus(
        text: Array(
            """
            Name:\tNSpid:
            Pid:\t4021
            NSpid:\t4021\t17\t1
            SigBlk:\t0000000000000200
            SigIgn:\t0000000000000001
            SigCgt:\t8000000000004000
            CapEff:\t000001ffffffffff
            CapBnd:\t0000000000000001

            """.utf8))

    @Test func names() {
        #expect(shell.names == [4021, 17, 1])
    }

    @Test(arguments: [(15, true), (10, true), (64, true), (1, false), (9, false), (0, false), (65, false)])
    func signals(number: Int32, isNoticed: Bool) {
        #expect(shell.notices(signal: number) == isNoticed)
    }

    @Test(arguments: [(0, true), (1, false), (64, false), (-1, false)])
    func capabilities(number: Int, mayHave: Bool) {
        #expect(shell.mayHave(capability: number) == mayHave)
    }

    @Test func whatIsNotThere() {
        let kernel = ProcessStatus(text: Array("Name:\tkthreadd\nSigCgt:\tnonsense\n".utf8))
        #expect(kernel.names.isEmpty && !kernel.notices(signal: 15) && !kernel.mayHave(capability: 0))
        #expect(throws: SystemError.self) { try ProcessStatus(of: Int32.max) }
    }

    @Test func thisProcess() throws {
        #expect(try ProcessStatus().names.last == CurrentProcess.id)
        #expect(try ProcessStatus(of: CurrentProcess.id).names.last == CurrentProcess.id)
    }
}
