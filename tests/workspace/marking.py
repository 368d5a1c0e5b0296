"""Edits that each leave a mark in an assessment, so that the loss of any of them can be told."""

import re

from scrutiny.model import edits
from scrutiny.model.action import Action
from scrutiny.model.assessment import Assessment
from scrutiny.workspace.session import Edit
from tests import building
from tests.workspace.storming import code

NOTE, ITEMS = "voice", "plan"
"""The statements whose note and whose actions the windows change."""

COMMAND_NOTE, COMMAND_ITEMS = "safety", "leaders"
"""The statements whose note and whose actions the commands change."""

MARK = re.compile(r"m\d{5}")


def marks(assessment: Assessment | None) -> frozenset[str]:
    """The marks in an assessment: each edit leaves one, so that its loss can be told."""
    if assessment is None:
        return frozenset()
    found: set[str] = set()
    for answer in assessment.answers.values():
        found.update(MARK.findall(answer.evidence))
        for action in answer.actions:
            found.update(MARK.findall(action.text))
    return frozenset(found)


def marked(number: int) -> str:
    """The mark of the edit of a number."""
    return f"m{number:05}"


def item(number: int) -> Action:
    """An action that bears a mark."""
    return building.action(code(0, number), text=f"Do {marked(number)}.")


def adding(number: int) -> Edit:
    """Add an action."""
    return lambda now: edits.put_action(now, ITEMS, item(number))


def appending(number: int) -> Edit:
    """Write on in the note."""

    def edit(now: Assessment) -> Assessment:
        return edits.write_evidence(now, NOTE, f"{now.answer(NOTE).evidence} {marked(number)}".strip())

    return edit


def clearing(now: Assessment) -> Assessment:
    """Empty the note."""
    return edits.write_evidence(now, NOTE, "")
