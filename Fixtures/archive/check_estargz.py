#!/usr/bin/env python3
"""Checks a blob against the published eStargz format, knowing nothing of how it was made.

usage: check_estargz.py BLOB TOC_DIGEST

The rules are those of containerd/stargz-snapshotter, docs/estargz.md. Prints what the blob is as JSON; the first rule
that it breaks ends the program with that rule as its last word.
"""

import base64
import datetime
import hashlib
import io
import json
import sys
import tarfile
import zlib

FOOTER = 51
LARGEST_CHUNK = 4 << 20
OWN = ["stargz.index.json", ".no.prefetch.landmark", ".prefetch.landmark"]


def rule(holds, text):
    if not holds:
        sys.exit("broken rule: " + text)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def member(blob, start):
    """The gzip member at an offset: what it holds, and where the next one starts."""
    rule(blob[start : start + 3] == b"\x1f\x8b\x08", f"a gzip member starts at {start}")
    stream = zlib.decompressobj(31)
    data = stream.decompress(blob[start:])
    rule(stream.eof, f"the member at {start} is whole")
    return data, len(blob) - len(stream.unused_data)


def table_offset(blob):
    footer = blob[-FOOTER:]
    rule(footer[:3] == b"\x1f\x8b\x08" and footer[3] == 4, "the footer is a gzip header with an extra field")
    rule(footer[10:12] == b"\x1a\x00", "XLEN is 26")
    rule(footer[12:16] == b"SG\x16\x00", "the subfield is SG of 22 bytes")
    rule(footer[32:38] == b"STARGZ", "the subfield ends in STARGZ")
    rule(footer[38:] == b"\x01\x00\x00\xff\xff" + bytes(8), "the footer holds nothing, stored")
    digits = footer[16:32].decode()
    rule(digits == "%016x" % int(digits, 16), "the offset has 16 lower-case digits")
    return int(digits, 16)


def kind(info):
    return {
        tarfile.DIRTYPE: "dir", tarfile.REGTYPE: "reg", tarfile.SYMTYPE: "symlink", tarfile.LNKTYPE: "hardlink",
        tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo",
    }[info.type]


def seconds(row):
    if "modtime" not in row:
        return 0
    return int(datetime.datetime.strptime(row["modtime"], "%Y-%m-%dT%H:%M:%S%z").timestamp())


def check_entry(row, info):
    name = info.name + ("/" if info.isdir() else "")
    rule(row["name"] == name, f"{row['name']} is in the table where the tar has {name}")
    rule(row["type"] == kind(info), f"the type of {name}")
    rule(row["mode"] == info.mode, f"the mode of {name}")
    rule((row["uid"], row["gid"]) == (info.uid, info.gid), f"the owner of {name}")
    rule(seconds(row) == int(info.mtime), f"the time of {name}")
    rule(row.get("size", 0) == (info.size if info.isreg() else 0), f"the size of {name}")
    rule(row.get("linkName", "") == (info.linkname if info.issym() or info.islnk() else ""), f"the target of {name}")
    device = (info.devmajor, info.devminor) if info.ischr() or info.isblk() else (None, None)
    rule((row.get("devMajor"), row.get("devMinor")) == device, f"the device of {name}")
    prefix = "SCHILY.xattr."
    attributes = {
        key[len(prefix) :]: value.encode("utf-8", "surrogateescape")
        for key, value in info.pax_headers.items() if key.startswith(prefix)
    }
    written = {key: base64.b64decode(value, validate=True) for key, value in row.get("xattrs", {}).items()}
    rule(written == attributes, f"the attributes of {name}")


def check_content(blob, rows, content, seen):
    """Each chunk comes out of the blob on its own, and together they are the file."""
    name = rows[0]["name"]
    rule(rows[0]["digest"] == sha256(content), f"the digest of {name}")
    position = 0
    for number, row in enumerate(rows):
        isLast = number == len(rows) - 1
        rule(row.get("chunkOffset", 0) == position, f"chunk {number} of {name} starts where the last one ended")
        rule(isLast != ("chunkSize" in row), f"chunk {number} of {name} has a size unless it is the last")
        size = row.get("chunkSize", len(content) - position)
        rule(0 < size <= LARGEST_CHUNK, f"chunk {number} of {name} has a sound size")
        rule("innerOffset" not in row, f"{name} starts its member")
        rule(row["offset"] not in seen, f"the offset {row['offset']} of {name} is there once")
        seen.add(row["offset"])
        data = zlib.decompressobj(31).decompress(blob[row["offset"] :], size)
        rule(data == content[position : position + size], f"chunk {number} of {name} comes out of its offset")
        rule(row["chunkDigest"] == sha256(data), f"the digest of chunk {number} of {name}")
        position += size
    rule(position == len(content), f"the chunks of {name} are all of it")


def main(path, digest):
    with open(path, "rb") as file:
        blob = file.read()
    start = table_offset(blob)

    entry, end = member(blob, start)
    rule(end == len(blob) - FOOTER, "the footer follows the table's member")
    info = tarfile.TarInfo.frombuf(entry[:512], "utf-8", "strict")
    rule(info.name == OWN[0] and info.isreg(), "the table's member starts with its tar header")
    text = entry[512 : 512 + info.size]
    rule(sha256(text) == digest, "the annotation is the digest of the table")
    rest = entry[512 + info.size :]
    rule(not any(rest) and len(rest) == -info.size % 512 + 1024, "zeros end table and tar")
    table = json.loads(text)
    rule(table["version"] == 1, "the version is 1")

    members, plain, at = set(), [], 0
    while at < len(blob):
        members.add(at)
        data, at = member(blob, at)
        plain.append(data)
    plain = b"".join(plain)

    rows = table["entries"]
    files = chunks = 0
    names = []
    seen = set()
    with tarfile.open(fileobj=io.BytesIO(plain), errorlevel=2) as tar:
        infos = tar.getmembers()
        rule(infos[-1].name == OWN[0], "the table is the last entry")
        at = 0
        for info in infos[:-1]:
            rule(at < len(rows) and rows[at]["type"] != "chunk", f"{info.name} is in the table")
            own = [rows[at]]
            at += 1
            while at < len(rows) and rows[at]["type"] == "chunk":
                rule(rows[at]["name"] == own[0]["name"], f"the chunks of {info.name} follow it")
                own.append(rows[at])
                at += 1
            check_entry(own[0], info)
            names.append(info.name)
            if info.isreg() and info.size > 0:
                check_content(blob, own, tar.extractfile(info).read(), seen)
                rule(all(row["offset"] in members for row in own), f"{info.name} starts a member")
                files += 1
                chunks += len(own)
            else:
                rule(len(own) == 1 and "offset" not in own[0], f"{info.name} has no content")
        rule(at == len(rows), "the table has an entry for each of the tar, and no more")
        landmarks = [name for name in names if name in OWN]
        rule(landmarks == [OWN[1]] and names[0] == OWN[1], "one landmark, before all other entries")
        rule(tar.extractfile(OWN[1]).read() == b"\x0f", "the landmark holds 0xf")
    print(json.dumps({
        "diffID": sha256(plain), "size": len(plain), "entries": len(names) - 1, "files": files - 1,
        "chunks": chunks - 1, "members": len(members),
    }))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
