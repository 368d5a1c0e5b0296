"""Run the README's first command as a newcomer would, in a terminal, until the worked example is on the screen."""

import os
import sys
import tempfile

import pexpect

with tempfile.TemporaryDirectory() as home:
    child = pexpect.spawn(
        "bash",
        ["-euo", "pipefail", "-c", sys.argv[1]],
        dimensions=(24, 80),
        env={**os.environ, "HOME": home, "TERM": "xterm-256color"},
        encoding="utf-8",
        timeout=300,
    )
    child.expect("Northshire")
    child.expect("Commands")
    child.send("\x11")  # ctrl+q
    child.expect(pexpect.EOF)
    child.close()
    print("The worked example opened and closed with exit status", child.exitstatus)
    sys.exit(child.exitstatus or 0)
