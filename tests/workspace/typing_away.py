"""A session in which somebody types without a pause, as a program of its own, to be killed at any moment."""

import sys
import time
from functools import partial
from pathlib import Path

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.workspace.session import Session

PLACE = "voice"


def typed(text: str, now: Assessment) -> Assessment:
    """The note as it is typed."""
    return edits.write_evidence(now, PLACE, text)


def main(path: Path) -> None:
    """Type a number a time, each said with the moment after it was typed, until killed."""
    session = Session(assessments.load(path))
    number = 0
    while True:
        number += 1
        session.edit(partial(typed, str(number)), "the evidence", PLACE, typing=True)
        print(number, time.monotonic(), flush=True)  # noqa: T201 - what the killer compares the file with
        time.sleep(0.002)  # nobody types faster


if __name__ == "__main__":
    main(Path(sys.argv[1]))
