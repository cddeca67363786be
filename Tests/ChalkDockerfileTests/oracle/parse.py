"""What BuildKit's parser (the PyPI wheel `dockerfile`) makes of Dockerfiles.

usage: parse.py IN OUT. IN: one base64 text a line. OUT: one JSON object a line, in the same order:
{"refused": message}, {"undecodable": true} or {"commands": [{"cmd", "sub", "json", "flags", "words", "lines", "text", "heredocs"}]}.
"""

import base64
import json
import os
import sys
import tempfile

import dockerfile


def answer(path):
    try:
        commands = dockerfile.parse_file(path)
    except dockerfile.GoParseError as error:
        return {"refused": str(error)}
    except UnicodeDecodeError:
        # The parser cut a character in two (it takes bytes for Latin-1 in places); there is nothing to compare.
        return {"undecodable": True}
    return {
        "commands": [
            {
                "cmd": command.cmd or "",
                "sub": command.sub_cmd,
                "json": command.json,
                "flags": list(command.flags),
                "words": list(command.value),
                "lines": [command.start_line, command.end_line],
                "text": command.original or "",
                "heredocs": [[doc.name, doc.file_descriptor, doc.content] for doc in command.heredocs],
            }
            for command in commands
        ]
    }


def main():
    source, target = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch, open(source) as texts, open(target, "w") as answers:
        path = os.path.join(scratch, "Dockerfile")
        for line in texts:
            with open(path, "wb") as text:
                text.write(base64.b64decode(line))
            print(json.dumps(answer(path)), file=answers)


main()
