"""Sample frameworks and assessments, small enough to read and whole enough to use."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from scrutiny import paths
from scrutiny.model.action import Action, ActionKind, ActionStatus, Progress
from scrutiny.model.assessment import (
    Answer,
    ArchivedAnswer,
    Assessment,
    Perspective,
    Respondent,
    Source,
    SourceKind,
)
from scrutiny.model.framework import DEFAULT_SCALE, NOT_APPLICABLE, Band, Framework, Level, Scale, Section, Statement
from scrutiny.store import assessments, recovery

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
"""When the sample assessments were made."""

TODAY = date(2026, 11, 1)
"""The day the sample assessments describe."""

FOUR_GRADES = Scale(
    levels=(
        Level(key="outstanding", label="Outstanding", shortcut="o", band=Band.GREEN, meaning="Better than asked."),
        Level(key="good", label="Good", shortcut="g", band=Band.GREEN, meaning="As asked."),
        Level(key="improving", label="Improving", shortcut="i", band=Band.AMBER, meaning="Not yet as asked."),
        Level(key="inadequate", label="Inadequate", shortcut="d", band=Band.RED, meaning="Not as asked."),
    )
)
"""A scale with two levels in one band."""


def framework(**changes: Any) -> Framework:
    """Two sections with two statements each."""
    fields: dict[str, Any] = {
        "id": "small",
        "version": 3,
        "title": "A small framework",
        "description": "Enough of one to test with.",
        "source": "Nobody's appendix",
        "scale": DEFAULT_SCALE,
        "sections": (
            Section(
                id="leadership",
                ref="1",
                title="Leadership",
                introduction="Who leads.",
                statements=(
                    Statement(
                        id="plan",
                        ref="1.1",
                        title="One plan",
                        text="There is one plan.",
                        look_for=("The plan.", "A measure\nfor each outcome."),
                        descriptors={"amber": "There are two plans."},
                        source="Appendix, 1.1",
                        note="Two linked plans may do.",
                    ),
                    Statement(id="leaders", ref="1.2a", text="The three partners lead together, and well."),
                ),
            ),
            Section(
                id="outcomes",
                ref="2",
                title="Outcomes",
                statements=(
                    Statement(id="voice", ref="2.1", title="Voice", text="Children and adults are heard."),
                    Statement(id="safety", ref="2.2", title="Safety", text="They are safer."),
                ),
            ),
        ),
    }
    return Framework(**{**fields, **changes})


def graded() -> Framework:
    """A framework with one section of three statements on a scale of four grades."""
    statements = tuple(Statement(id=f"part-{at}", ref=f"1.{at}", text=f"Part {at} is done.") for at in (1, 2, 3))
    section = Section(id="parts", ref="1", title="Parts", statements=statements)
    return framework(id="graded", title="A graded framework", scale=FOUR_GRADES, sections=(section,))


def draft(**changes: Any) -> Assessment:
    """An assessment in which nothing was answered yet."""
    fields: dict[str, Any] = {
        "id": UUID("0c1f6f0e-3b7a-4c58-9a43-0d8f5d1f2a77"),
        "partnership": "Northshire Safeguarding Partnership",
        "area": "Northshire",
        "cycle": "2026-27",
        "as_at": TODAY,
        "perspective": Perspective.SELF_ASSESSMENT,
        "created": NOW,
        "modified": NOW,
        "respondent": Respondent(organisation="Northshire Council", role="Head of Safeguarding"),
        "framework": framework(),
    }
    return Assessment(**{**fields, **changes})


def action(code: str = "K7Q2M", **changes: Any) -> Action:
    """An action that no check finds fault with."""
    fields: dict[str, Any] = {
        "id": code,
        "kind": ActionKind.IMPROVE,
        "text": "Agree one plan.",
        "agency": "Northshire Council",
        "owner": "Director of Children's Services",
        "due": date(2027, 3, 31),
        "outcome": "Partners name the same five priorities.",
    }
    return Action(**{**fields, **changes})


def source(code: str = "9VH5V", **changes: Any) -> Source:
    """A source with everything that one can have."""
    fields: dict[str, Any] = {
        "id": code,
        "kind": SourceKind.AUDIT,
        "title": "Neglect audit",
        "date": date(2026, 6, 30),
        "location": "Learning group papers, item 4",
    }
    return Source(**{**fields, **changes})


def filled() -> Assessment:
    """Green, amber and red, one statement that does not apply, and an archived answer; no check stops submission."""
    sustain = action("AAAA2", kind=ActionKind.SUSTAIN, text="Keep the plan up to date.")
    embedded = action(
        "BBBB3",
        text="Hear more\nchildren.",
        status=ActionStatus.EMBEDDED,
        due=date(2026, 9, 30),
        original_due=date(2026, 6, 30),
        progress=(
            Progress(date=date(2026, 5, 1), text="Begun."),
            Progress(date=date(2026, 9, 1), text="Twelve groups\nwere heard."),
        ),
        impact="Two services changed what they do.",
        closed_by="Chair",
        closed_on=date(2026, 9, 30),
        decision="Fund it for another year.",
    )
    return draft(
        answers={
            "plan": Answer(
                rating="green", evidence="One plan.\n\nFive “priorities”.", sources=(source(),), actions=(sustain,)
            ),
            "leaders": Answer(rating=NOT_APPLICABLE, reason="There is a single partner."),
            "voice": Answer(rating="amber", evidence="Some are heard.", actions=(embedded, action("CCCC4"))),
            "safety": Answer(rating="red", actions=(action("DDDD5", due=date(2026, 10, 1)),)),
        },
        archived=(
            ArchivedAnswer(
                id="gone",
                ref="9.9",
                text="It was asked once.",
                rating_label="Amber",
                answer=Answer(
                    rating="amber", evidence="So it was.", sources=(source("EEEE6"),), actions=(action("FFFF7"),)
                ),
            ),
        ),
    )


def written(path: Path, assessment: Assessment) -> Path:
    """An assessment in a file of its own."""
    assessments.create(path, assessment)
    return path


def recovery_path(path: Path, session: str, assessment_id: UUID | None = None) -> Path:
    """Where a session keeps text of a file in the state folder while the file itself cannot be written."""
    return paths.recovery_folder() / recovery.file_name(path, session, assessment_id)
