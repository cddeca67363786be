"""Checks docs/image-spec.schema.json against the fixtures with PyPI's jsonschema.

Usage: check_schema.py [MORE.json ...]

Every file in valid/ (and every file named) must validate. Files in invalid/ that validate all the same are listed: they
are wrong in ways that only the reader can see (missing files, duplicate keys), which ChalkSpecTests asserts.
"""

import json
import pathlib
import sys

import jsonschema

here = pathlib.Path(__file__).resolve().parent
schema = json.loads((here.parent.parent / "docs/image-spec.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

failed = False
for path in sorted((here / "valid").glob("*.json")) + [pathlib.Path(name) for name in sys.argv[1:]]:
    for error in validator.iter_errors(json.loads(path.read_text())):
        failed = True
        print(f"{path}: {error.json_path}: {error.message}", file=sys.stderr)
for path in sorted((here / "invalid").glob("*.json")):
    try:
        value = json.loads(path.read_text())
    except ValueError:
        continue
    if validator.is_valid(value):
        print(f"only the reader refuses {path.name}")
sys.exit(1 if failed else 0)
