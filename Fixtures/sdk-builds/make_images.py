"""Makes specs with the published SDK that chalk-image can build.

Usage: make_images.py DIRECTORY

For each image NAME writes DIRECTORY/NAME.pb (the bytes of to_proto()) and DIRECTORY/NAME.json (MessageToDict of it).
"""

import json
import os
import sys

from chalkcompute import Image
from google.protobuf.json_format import MessageToDict


def images(f):
    base = Image.base("localhost/busybox:test")
    yield "run", base.run_commands("echo \"$A\" > /one", "printf '%s\\n' 'a  b' > /two")
    yield "settings", base.env({"B": "2", "ODD": "it's \"x\""}).workdir("/work").entrypoint(["/bin/echo"]).cmd(["hi"])
    yield "copied_file", base.add_local_file(f("main.py"), "/app/main.py", strategy="copy", mode=0o640)
    yield "copied_dir", base.add_local_dir(f("src"), "/app", strategy="copy").run_commands("ls -R /app > /listing")
    yield "dockerfile", base.dockerfile_commands(["USER app", "EXPOSE 80", "LABEL a=b", "RUN id -u > /tmp/id"])
    yield "lazy", base.add_local_dir(f("src"), "/app").cmd(["true"])
    yield "from_dockerfile", Image.from_dockerfile(f("Dockerfile")).run_commands("cat /x > /y")


def main(directory):
    def f(name):
        return os.path.join(directory, "files", name)

    os.makedirs(f("src/sub"))
    for name, text in {
        "main.py": "print('hi')\n", "src/a": "a", "src/sub/b": "b",
        "Dockerfile": "FROM localhost/busybox:test\nRUN echo x > /x\nENV FROM_FILE=1\n",
    }.items():
        with open(f(name), "w") as out:
            out.write(text)
    for name, image in images(f):
        proto = image.to_proto()
        with open(os.path.join(directory, name + ".pb"), "wb") as out:
            out.write(proto.SerializeToString(deterministic=True))
        with open(os.path.join(directory, name + ".json"), "w") as out:
            json.dump(MessageToDict(proto), out)


main(sys.argv[1])
