"""One of several writers on one file, as a program of its own."""

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scrutiny.cli import files
from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.model import edits
from scrutiny.model.action import Action, Progress
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments
from scrutiny.workspace.session import Edit, Session
from tests import building
from tests.workspace.working import found_changed

SHARED = "ZZZZ9"
"""The action to which every writer adds progress."""

CLOCKS = (0, -3600, 86_400, -7 * 86_400)
"""Seconds by which the writers' clocks are wrong, in turn."""


def code(writer: int, number: int) -> str:
    """The code of a writer's n-th action."""
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    base = len(letters)
    return "".join(
        letters[value % base] for value in (writer, number // base**3, number // base**2, number // base, number)
    )


def progress(writer: int, number: int) -> str:
    """The text of a writer's n-th progress entry."""
    return f"Writer {writer}, entry {number}."


def adding(writer: int, number: int) -> Edit:
    """A writer's n-th edit: an action of its own, or progress on the action of all."""

    def add_action(now: Assessment) -> Assessment:
        return edits.put_action(now, "plan", building.action(code(writer, number), text="Do."))

    def add_progress(now: Assessment) -> Assessment:
        action = next(one for one in now.answer("voice").actions if one.id == SHARED)
        entry = Progress(date=date(2026, 1, 1), text=progress(writer, number))
        return edits.put_action(now, "voice", action.model_copy(update={"progress": (*action.progress, entry)}))

    return add_progress if number % 2 else add_action


def missing(assessment: Assessment, writer: int, numbers: range) -> int:
    """How many of a writer's edits are not in an assessment."""
    actions: dict[str, Action] = {one.id: one for one in assessment.answer("plan").actions}
    entries = {entry.text for one in assessment.answer("voice").actions for entry in one.progress}
    return sum(
        progress(writer, number) not in entries if number % 2 else code(writer, number) not in actions
        for number in numbers
    )


def by_session(path: Path, writer: int, numbers: range) -> None:
    """Make edits as a window does that is open all the time."""
    late = timedelta(seconds=CLOCKS[writer % len(CLOCKS)])
    session = Session(assessments.load(path), clock=lambda: datetime.now(UTC) + late)
    for number in numbers:
        session.edit(adding(writer, number), "an edit")
        _until_saved(session)
    _until_saved(session)
    session.close()
    print(json.dumps("done"), flush=True)  # noqa: T201 - how the others learn that this one has finished
    for _ in sys.stdin:  # a window that stays open goes on looking, as the screen does every second
        if found_changed(session):
            session.take_in()
            _until_saved(session)
        print(json.dumps(session.unsaved), flush=True)  # noqa: T201 - the answer to a look
    session.close()


def _until_saved(session: Session) -> None:
    while not session.save_now():
        problem = session.save_state.problem
        if session.contested is not None or not isinstance(problem, FileProblem):
            raise SystemExit(f"not saved: {problem}")


def by_command(path: Path, writer: int, numbers: range) -> None:
    """Make edits as the command line does, each on the file as it stands."""
    for number in numbers:
        while True:
            try:
                files.changed(path, adding(writer, number))
            except ChangedElsewhere:
                continue
            break


if __name__ == "__main__":
    how, given, writer_given, count = sys.argv[1:]
    os.environ["PYTHONHASHSEED"] = "0"
    {"session": by_session, "command": by_command}[how](Path(given), int(writer_given), range(int(count)))
