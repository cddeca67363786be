import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

@Suite struct HostileLayerTests {
    @Test(arguments: hostileLayers + hostileForms, [LayerForm.merged, .overlay(userXattr: false)])
    func isRefusedOrStaysInside(_ layer: HostileLayer, _ form: LayerForm) throws {
        try withScratch { scratch in
            let outside = scratch + "/outside"
            let root = scratch + "/root"
            try makeDirectory(outside)
            try makeDirectory(root)
            try write(bytes("untouched"), to: outside + "/secret")
            let before = try snapshot(outside)
            var refusal: String?
            do {
                try apply(layer.make(outside), to: root, form, limits: layer.limits)
            } catch let error as ArchiveError {
                refusal = error.description
            }
            switch form == .merged ? layer.outcome : layer.overlayOutcome ?? layer.outcome {
            case .refused(let words):
                let sentence = try #require(refusal)
                #expect(sentence.contains(words) && !words.isEmpty, "\(sentence)")
                #expect(!sentence.contains("\n"))
            case .applied(let paths):
                #expect(refusal == nil)
                let directory = try FileDescriptor.directory(root)
                for (path, kind) in paths {
                    #expect(try directory.statusIfPresent(of: path)?.kind == kind, "\(path)")
                }
            }
            #expect(try snapshot(outside) == before)
            #expect(
                try FileDescriptor.directory(scratch).entries().map(\.name.display) == ["outside", "root"])
        }
    }

    @Test func tableIsLongEnough() {
        let names = (hostileLayers + hostileForms).map(\.name)
        #expect(names.count >= 100)
        #expect(Set(names).count == names.count)
    }

    @Test func everyPrefixOfALayerIsRefusedOrHarmless() throws {
        let whole = try layer([
            directory("d"), file("d/f", String(repeating: "text ", count: 100)), link("d/l", "f"),
        ])
        for count in stride(from: 0, to: whole.bytes.count, by: 7) {
            try withScratch { scratch in
                do {
                    let summary = try apply(Array(whole.bytes.prefix(count)), to: scratch + "/root")
                    #expect(summary.diffID != whole.summary.diffID)
                } catch is ArchiveError {}
            }
        }
    }

    @Test func everyPrefixOfATarIsRefusedOrHarmless() throws {
        let whole = try tar([
            file(String(repeating: "long/", count: 60) + "name", String(repeating: "text ", count: 300)),
            directory("d"), file("d/f"), link("d/l", String(repeating: "t", count: 150)),
            hardLink("d/z", "d/f"),
        ])
        let id = DiffID(Digest.of(whole))
        for count in stride(from: 0, to: whole.count, by: 173) {
            try withScratch { scratch in
                var sentence: String?
                var found: DiffID?
                do {
                    found = try apply(Array(whole.prefix(count)), to: scratch + "/root").diffID
                } catch let error as ArchiveError {
                    sentence = error.description
                }
                #expect(found != id)
                let isSaid = sentence?.hasPrefix("the archive is damaged or cut short") != false
                #expect(isSaid, "\(sentence ?? "")")
            }
        }
    }

    @Test func damagedBytesNeverCrash() throws {
        let seed: UInt64 = 20_261_121
        var generator = SeededGenerator(seed: seed)
        let whole = try tar([
            directory("d"), file("d/f", String(repeating: "text ", count: 100)), link("d/l", "f"),
            hardLink("d/z", "d/f"), file(String(repeating: "long/", count: 60) + "name"),
        ])
        for round in 0..<150 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            try withScratch { scratch in
                try makeDirectory(scratch + "/root")
                do {
                    try apply(bytes, to: scratch + "/root")
                } catch let error as ArchiveError {
                    #expect(!error.description.isEmpty, "seed \(seed) round \(round)")
                }
                #expect(
                    try FileDescriptor.directory(scratch).entries().count == 1, "seed \(seed) round \(round)")
            }
        }
    }
}
