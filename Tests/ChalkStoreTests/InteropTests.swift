import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

/// Other people's tools on a store in place; their Debian packages are part of `make test`.
@Suite("The store in the hands of skopeo and umoci")
struct InteropTests {
    @Test("skopeo inspects and copies an image out of the store")
    func skopeo() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            try store.references.set(reference("localhost:5000/team/app:1.0"), to: image.manifest)
            for name in ["docker.io/library/app:latest", "localhost:5000/team/app:1.0"] {
                let (status, output) = try run(["skopeo", "inspect", "oci:\(store.path):\(name)"])
                #expect(status == 0, "\(output)")
                #expect(output.contains(image.manifest.digest.description), "\(output)")
            }
            let target = store.path + "-copy"
            let (status, output) = try run([
                "skopeo", "--insecure-policy", "copy", "--preserve-digests",
                "oci:\(store.path):docker.io/library/app:latest",
                "oci:\(target):v1",
            ])
            #expect(status == 0, "\(output)")
            let reader = try OCILayoutReader.open(target)
            #expect(try reader.entry(named: "v1").descriptor.digest == image.manifest.digest)
            for layer in image.layers { #expect(try reader.contains(layer)) }
        }
    }

    @Test("What skopeo copies into the store is there, and nothing of ours is lost")
    func skopeoWrites() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            let source = store.path + "-source"
            let writer = try OCILayoutWriter.open(source)
            let other = try SampleImage.put(["other"], in: store)
            for blob in other.blobs { try writer.add(blob, from: store) }
            try writer.finish([("x", other.manifest)])
            for blob in other.blobs { try store.remove(blob.digest) }
            let (status, output) = try run([
                "skopeo", "--insecure-policy", "copy", "--preserve-digests", "oci:\(source):x",
                "oci:\(store.path):docker.io/library/new:1",
            ])
            #expect(status == 0, "\(output)")
            #expect(try store.references.descriptor(for: reference("new:1"))?.digest == other.manifest.digest)
            #expect(try store.references.descriptor(for: reference("app")) == image.manifest)
            #expect(try store.verify() == [])
        }
    }

    @Test("umoci lists and unpacks in place")
    func umoci() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            try store.references.set([
                (reference("app"), image.manifest), (reference("docker.io/team/other:2"), image.manifest),
            ])
            let list = try run(["umoci", "ls", "--layout", store.path])
            #expect(list.status == 0, "\(list.output)")
            #expect(
                list.output.split(separator: "\n").sorted() == [
                    "docker.io/library/app:latest", "docker.io/team/other:2",
                ])
            let bundle = store.path + "-bundle"
            let (status, output) = try run([
                "umoci", "unpack", "--rootless", "--image", "\(store.path):docker.io/library/app:latest",
                bundle,
            ])
            #expect(status == 0, "\(output)")
            #expect(try text(bundle + "/rootfs/hello-0.txt") == "one")
            #expect(try text(bundle + "/rootfs/hello-1.txt") == "two")
        }
    }

    @Test("umoci's own entries and garbage collection leave a good store")
    func umociWrites() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            let name = "\(store.path):docker.io/library/app:latest"
            #expect(try run(["umoci", "tag", "--image", name, "other"]).status == 0)
            #expect(try store.references.descriptor(named: "other")?.digest == image.manifest.digest)
            try store.references.set(reference("third"), to: image.manifest)
            #expect(try run(["umoci", "gc", "--layout", store.path]).status == 0)
            #expect(
                try store.references.list().map(\.name) == [
                    "docker.io/library/app:latest", "docker.io/library/third:latest", "other",
                ])
            #expect(try store.verify() == [])
        }
    }
}
