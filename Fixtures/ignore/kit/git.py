#!/usr/bin/env python3
"""git itself, as an implementation that `chalk-image ignore conformance --command` can run.

usage: git.py DIRECTORY    (git has no `exclude`, so the cases of corpus-chalk.jsonl are not for it)
"""
import os
import subprocess
import sys


def entries(root, below=b""):
    """Every path below root but .git, as bytes; links are not followed."""
    for entry in sorted(os.scandir(os.path.join(root, below)), key=lambda entry: entry.name):
        if entry.name == b".git":
            continue
        path = os.path.join(below, entry.name)
        yield path
        if entry.is_dir(follow_symlinks=False):
            yield from entries(root, path)


root = os.fsencode(sys.argv[-1])
paths = list(entries(root))
asked = subprocess.run(
    ["git", "-C", root, "-c", "core.excludesFile=/dev/null", "check-ignore", "-v", "-n", "-z", "--no-index", "--stdin"],
    input=b"".join(path + b"\0" for path in paths), stdout=subprocess.PIPE, check=False)
fields = asked.stdout.split(b"\0")
for source, line, pattern, path in zip(*(fields[place::4] for place in range(4))):
    ignored = source and not pattern.startswith(b"!")
    sys.stdout.buffer.write((b"I" if ignored else b"K") + b"\t" + path + b"\0")
