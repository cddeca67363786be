#!/usr/bin/env python3
"""The published SDK (PyPI chalkcompute), as `Image.add_local_dir` asks it: files only, so run with --files-only.

usage: chalkcompute_sdk.py [--exclude GLOB]... DIRECTORY
"""
import os
import sys
from pathlib import Path

from chalkcompute._ignore import _match_exclude, collect_ignore_patterns, is_excluded

exclude = [word for option, word in zip(sys.argv[1:], sys.argv[2:]) if option == "--exclude"]
root = Path(sys.argv[-1])
patterns = collect_ignore_patterns(root)
for path in sorted(root.rglob("*")):
    name = str(path.relative_to(root))
    if path.is_dir() and not path.is_symlink() or name.split("/")[0] == ".git":
        continue
    ignored = is_excluded(name, patterns) or any(_match_exclude(name, glob) for glob in exclude)
    sys.stdout.buffer.write((b"I\t" if ignored else b"K\t") + os.fsencode(name) + b"\0")
