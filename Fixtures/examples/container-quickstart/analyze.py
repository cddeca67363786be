"""What the quickstarts run: says what it was called with, and what the container's surroundings are."""
import os
import sys

print("called with", *sys.argv[1:] or ["nothing"], "at log level", os.environ.get("LOG_LEVEL", "none"))
