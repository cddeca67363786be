"""Prints a small table with a package that was installed while the image was built."""

import os
import pathlib

from rich.console import Console
from rich.table import Table

table = Table(title=os.environ["REPORT_TITLE"])
table.add_column("file")
table.add_column("bytes", justify="right")
for path in sorted(pathlib.Path(".").rglob("*")):
    if path.is_file():
        table.add_row(str(path), str(path.stat().st_size))
Console(width=60).print(table)
