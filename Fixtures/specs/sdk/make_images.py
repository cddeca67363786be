"""Builds images with the published SDK, for comparison with ours.

Usage: make_images.py DIRECTORY

Makes local files in DIRECTORY/files, and for each image NAME writes DIRECTORY/NAME.pb (the bytes of to_proto(), maps
sorted), DIRECTORY/NAME.spec.json (MessageToDict of it) and DIRECTORY/NAME.json (its lazy files and their groups). Images whose name starts with "differs_" are those
where our result is another one on purpose.
"""

import json
import os
import sys

from chalkcompute import Image
from google.protobuf.json_format import MessageToDict

FILES = {
    "main.py": (b"print('hello')\n", 0o644),
    "run.sh": (b"#!/bin/sh\nexec \"$@\"\n", 0o755),
    "empty": (b"", 0o644),
    "binary": (bytes(range(256)), 0o600),
    "requirements.txt": (b"# web\n\nrequests>=2.28\n  pandas==2.2.*\n", 0o644),
    "options.txt": (b"--index-url https://example.org/simple\nrich; python_version<'4'\n", 0o644),
    "layout.txt": (b"-r more.txt\na>=1  # why\nb==1 \\\n    --hash=sha256:aa\n", 0o644),
    "more.txt": (b"c\n", 0o644),
    "Dockerfile": (b"FROM debian:bookworm\nRUN true\nENV A=b\n", 0o644),
    "Stages": (b"FROM golang AS build\nRUN make\nFROM debian\nCOPY --from=build /x /x\n", 0o644),
    "Heredoc": (b"FROM debian\nRUN <<EOF\n  echo  hi\n\nEOF\n", 0o644),
    "Named": (b"FROM debian AS final\nRUN true\n", 0o644),
    "NoFrom": (b"RUN true\n", 0o644),
    "src/a.py": (b"a", 0o644),
    "src/b/c.py": (b"c", 0o644),
    "src/b/d/e.txt": (b"e", 0o644),
    "ignored/.gitignore": (b"top.txt\nb/skip.txt\n!b/keep.txt\n", 0o644),
    "ignored/top.txt": (b"1", 0o644),
    "ignored/kept.txt": (b"2", 0o644),
    "ignored/b/skip.txt": (b"3", 0o644),
    "ignored/b/keep.txt": (b"4", 0o644),
    "excluded/data/x.bin": (b"x", 0o644),
    "excluded/data/deep/y.bin": (b"y", 0o644),
    "excluded/main.py": (b"m", 0o644),
    "excluded/notes.txt": (b"n", 0o644),
    "rules/.gitignore": (b"*.log\nbuild/\n", 0o644),
    "rules/.chalkignore": (b"secret.txt\n", 0o644),
    "rules/a.log": (b"1", 0o644),
    "rules/deep/b.log": (b"2", 0o644),
    "rules/build/out.o": (b"3", 0o644),
    "rules/secret.txt": (b"4", 0o644),
    "rules/main.py": (b"5", 0o644),
    "scripts/run.sh": (b"#!/bin/sh\n", 0o755),
}


def images(f):
    base = Image.base("python:3.12-slim-bookworm")
    yield "base_tag", Image.base("ubuntu:22.04")
    yield "base_digest", Image.base("ghcr.io/org/image@sha256:" + "0" * 64)
    yield "base_scratch", Image.base("scratch")
    yield "debian_slim", Image.debian_slim("3.11").pip_install(["requests"])
    yield "run_one", base.run_commands("apt-get update")
    yield "run_many", base.run_commands("apt-get update", "apt-get install -y curl git", "true")
    yield "run_none", base.run_commands()
    yield "run_lines", base.run_commands("set -e\necho \"$HOME\" 'x' \\\n  y\tz")
    yield "run_unicode", base.run_commands("echo grüße 日本 \U0001f600")
    yield "run_twice", base.run_commands("a").run_commands("b")
    yield "pip_one", base.pip_install(["requests"])
    yield "pip_specifiers", base.pip_install(["requests>=2.28,<3", "x[a,b]==1.0 ; python_version < '4'"])
    yield "pip_url", base.pip_install(["pkg @ git+https://example.org/pkg.git@main#egg=pkg"])
    yield "pip_none", base.pip_install([])
    yield "uv_some", base.uv_pip_install(["requests", "polars"])
    yield "uv_none", base.uv_pip_install([])
    yield "requirements", base.pip_install_from_requirements(f("requirements.txt"))
    yield "requirements_options", base.pip_install_from_requirements(f("options.txt"))
    yield "uv_requirements", base.uv_pip_install_from_requirements(f("requirements.txt"))
    yield "commands_some", base.dockerfile_commands(["USER root", "EXPOSE 8080"])
    yield "commands_none", base.dockerfile_commands([])
    yield "commands_lines", base.dockerfile_commands(["RUN <<EOF\n  echo hi\nEOF", "", "# kept", "LABEL a=b \\", "  c=d"])
    yield "env_one", base.env({"LOG_LEVEL": "DEBUG"})
    yield "env_merge", base.env({"B": "1", "A": "1"}).env({"B": "2", "C": ""})
    yield "env_odd", base.env({"WITH SPACE": "a=b\nc", "ÄÖ": "ü", "a": "1", "_": "2", "B": "3"})
    yield "workdir_one", base.workdir("/home/user/app")
    yield "workdir_twice", base.workdir("/a").workdir("/b")
    yield "workdir_slash", base.workdir("/app/")
    yield "entrypoint_one", base.entrypoint(["python", "-m", "my_app"])
    yield "entrypoint_unset", base.entrypoint(["python"]).entrypoint([])
    yield "cmd_one", base.cmd(["/bin/bash", "-l", ""])
    yield "cmd_and_entrypoint", base.entrypoint(["python"]).cmd(["-m"]).cmd(["-V"])
    yield "copy_file", base.add_local_file(f("main.py"), "/app/main.py", strategy="copy")
    yield "copy_file_mode", base.add_local_file(f("main.py"), "/app/main.py", mode=0o755, strategy="copy")
    yield "copy_file_mode_zero", base.add_local_file(f("main.py"), "/app/main.py", mode=0, strategy="copy")
    yield "copy_file_root", base.add_local_file(f("main.py"), "/main.py", strategy="copy")
    yield "copy_empty", base.add_local_file(f("empty"), "/e", strategy="copy")
    yield "copy_binary", base.add_local_file(f("binary"), "/b", strategy="copy")
    yield "copy_dir", base.add_local_dir(f("src"), "/app/src", strategy="copy")
    yield "copy_dir_slash", base.add_local_dir(f("src") + "/", "/app/", strategy="copy")
    yield "copy_dir_ignored", base.add_local_dir(f("ignored"), "/i", strategy="copy")
    yield "copy_dir_excluded", base.add_local_dir(f("excluded"), "/x", strategy="copy", exclude=["data/**", "notes.txt"])
    yield "copy_dir_root", base.add_local_dir(f("src"), "/", strategy="copy")
    yield "volume_file", base.add_local_file(f("main.py"), "/app/main.py")
    yield "volume_file_mode", base.add_local_file(f("main.py"), "/app/main.py", mode=0o600)
    yield "volume_files", base.add_local_file(f("main.py"), "/app/main.py").add_local_file(f("run.sh"), "/app/run.sh", mode=0o755).add_local_file(f("empty"), "/other/e")
    yield "volume_dir", base.add_local_dir(f("src"), "/app/src")
    yield "volume_dir_excluded", base.add_local_dir(f("excluded"), "/x", exclude=["data/**"])
    yield "volume_joined", base.add_local_dir(f("src"), "/app").add_local_file(f("main.py"), "/app/main.py")
    yield "volume_nested", base.add_local_dir(f("src"), "/app").add_local_dir(f("excluded"), "/app/sub").add_local_file(f("main.py"), "/app/sub/deep/m.py")
    yield "volume_same_twice", base.add_local_file(f("main.py"), "/app/m").add_local_file(f("main.py"), "/app/m")
    yield "order", base.workdir("/w").run_commands("1").env({"A": "b"}).pip_install(["2"]).dockerfile_commands(["USER 3"]).add_local_file(f("main.py"), "/4", strategy="copy").uv_pip_install(["5"]).run_commands("6").cmd(["7"])
    yield "branch_left", base.run_commands("shared").pip_install(["left"])
    yield "branch_right", base.run_commands("shared").pip_install(["right"])
    yield "dockerfile", Image.from_dockerfile(f("Dockerfile")).pip_install(["rich"])
    yield "quickstart", Image.debian_slim("3.12").pip_install(["pandas", "requests"]).add_local_file(f("main.py"), "/app/analyze.py").workdir("/app")
    yield "everything", base.pip_install(["a"]).uv_pip_install(["b"]).run_commands("c", "d").dockerfile_commands(["USER e"]).add_local_file(f("main.py"), "/app/f", strategy="copy", mode=0o640).add_local_dir(f("src"), "/g").env({"H": "i"}).workdir("/j").entrypoint(["k"]).cmd(["l"])
    yield "differs_suite", Image.debian_slim("3.12")
    yield "differs_stages", Image.from_dockerfile(f("Stages"))
    yield "differs_heredoc", Image.from_dockerfile(f("Heredoc"))
    yield "differs_named_stage", Image.from_dockerfile(f("Named"))
    yield "differs_no_from", Image.from_dockerfile(f("NoFrom"))
    yield "differs_execute_bit", base.add_local_file(f("run.sh"), "/run.sh", strategy="copy").add_local_dir(f("scripts"), "/s", strategy="copy")
    yield "differs_missing_dir", base.add_local_dir(f("nope"), "/n", strategy="copy")
    yield "differs_file_as_dir", base.add_local_dir(f("main.py"), "/n", strategy="copy")
    yield "differs_ignore_rules", base.add_local_dir(f("rules"), "/r", strategy="copy")
    yield "differs_exclude", base.add_local_dir(f("src"), "/r", strategy="copy", exclude=["*.py"])
    yield "differs_requirements", base.pip_install_from_requirements(f("layout.txt"))
    yield "differs_relative_dest", base.add_local_file(f("main.py"), "app/main.py", strategy="copy")
    yield "differs_relative_workdir", base.workdir("app")
    yield "differs_empty_command", base.run_commands("")
    yield "differs_archive_copy", base.add_local_dir(f("src"), "/a", strategy="copy", archive=True)
    yield "differs_mount_slash", base.add_local_dir(f("src"), "/app/").add_local_file(f("main.py"), "/app/main.py")
    yield "differs_two_sources", base.add_local_file(f("main.py"), "/app/x").add_local_file(f("run.sh"), "/app/x")
    yield "differs_link", base.add_local_dir(f("linked"), "/l")


def lazy(file):
    return {"src": file.src, "dest": file.dest, "mode": file.mode, "mountRoot": file.mount_root}


def main(directory):
    files = os.path.join(directory, "files")
    for name, (content, mode) in FILES.items():
        path = os.path.join(files, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content)
        os.chmod(path, mode)
    os.makedirs(os.path.join(files, "linked"), exist_ok=True)
    os.symlink("../main.py", os.path.join(files, "linked", "out.py"))
    for name, image in images(lambda name: os.path.join(files, name)):
        with open(os.path.join(directory, name + ".pb"), "wb") as out:
            out.write(image.to_proto().SerializeToString(deterministic=True))
        with open(os.path.join(directory, name + ".spec.json"), "w") as out:
            json.dump(MessageToDict(image.to_proto()), out)
        groups = image.lazy_local_files_grouped_for_volume_mounts()
        with open(os.path.join(directory, name + ".json"), "w") as out:
            json.dump(
                {
                    "files": [lazy(file) for file in image.lazy_local_files],
                    "groups": {root: [file.dest for file in files] for root, files in groups.items()},
                },
                out,
            )


main(sys.argv[1])
