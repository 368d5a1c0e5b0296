"""Forms for whose assessment it is: beginning a new one, and changing the details of an open one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.widgets import Input, Select

from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Marking, Perspective, Respondent, Scope
from scrutiny.model.framework import Framework
from scrutiny.settings import Remembered, Settings, today
from scrutiny.store.assessments import SUFFIX, proposed_name
from scrutiny.tui.dialogs.form import Form, choice_field, file_in, line_field, member_field
from scrutiny.tui.dialogs.place import refuse_existing


@dataclass(frozen=True)
class NewAssessment:
    """A new assessment and where it is to be kept."""

    path: Path
    assessment: Assessment
    texts: Mapping[str, str]
    """What stood in each field, by the field's name."""


class DetailsForm(Form[Assessment]):
    """The details of an open assessment. Returns it with the details changed."""

    TITLE_TEXT: ClassVar[str] = "Details of this assessment"

    def __init__(self, assessment: Assessment) -> None:
        super().__init__()
        self._assessment = assessment

    def fields(self) -> ComposeResult:
        """Every detail but the framework, which belongs to the answers."""
        now = self._assessment
        respondent = now.respondent
        yield line_field("partnership", "Partnership", now.partnership)
        yield line_field("area", "Area", now.area)
        yield line_field("cycle", "Cycle", now.cycle, "such as 2026-27")
        yield line_field("as_at", "Position as at", now.as_at.isoformat(), "such as 2026-11-01")
        yield member_field("perspective", "Perspective", now.perspective)
        yield line_field("organisation", "Organisation", respondent.organisation)
        yield line_field("role", "Role", respondent.role)
        yield line_field("name", "Name (optional)", respondent.name)
        yield member_field("scope", "Scope", now.scope)
        yield member_field("marking", "Marking", now.marking)

    def result(self) -> Assessment:
        """The assessment with these details."""
        return edits.describe(self._assessment, **_details(self))


class NewForm(Form[NewAssessment]):
    """A new assessment. What is known already is filled in; the file's name is proposed.

    Args:
        folder: Where the file will be.
        taken: The names of what is in the folder.
        frameworks: What it can be based on, the usual one first.
    """

    TITLE_TEXT: ClassVar[str] = "New assessment"
    KEEP: ClassVar[str] = "Begin"

    NAMES_PLACE = True

    def __init__(
        self,
        folder: Path,
        taken: Collection[str],
        frameworks: Sequence[Framework],
        settings: Settings,
        remembered: Remembered,
    ) -> None:
        super().__init__()
        self._folder = folder
        self._taken = taken
        self._frameworks = {framework.id: framework for framework in frameworks}
        self._settings = settings
        self._remembered = remembered
        self._proposed = ""

    def fields(self) -> ComposeResult:
        """The details, the framework and the file's name."""
        known, own = self._remembered, self._settings
        first = known.framework if known.framework in self._frameworks else next(iter(self._frameworks))
        options = [(f"{one.title} (version {one.version})", key) for key, one in self._frameworks.items()]
        yield line_field("partnership", "Partnership", known.partnership, "such as Northshire Safeguarding Partnership")
        yield line_field("area", "Area", known.area, "such as Northshire")
        yield line_field("cycle", "Cycle", known.cycle or current_cycle(today()), "such as 2026-27")
        yield line_field("as_at", "Position as at", today().isoformat(), "such as 2026-11-01")
        yield member_field("perspective", "Perspective", Perspective.SELF_ASSESSMENT)
        yield line_field(
            "organisation", "Organisation", own.organisation or known.organisation, "such as Northshire Council"
        )
        yield line_field("role", "Role", own.role or known.role, "such as Head of Safeguarding")
        yield line_field("name", "Name (optional)", own.name or known.name)
        yield member_field("scope", "Scope", Scope.JOINT)
        yield member_field("marking", "Marking", Marking.OFFICIAL)
        yield choice_field("framework", "Framework", options, first)
        yield line_field("file", "File name")

    def begin(self) -> None:
        """Propose a name, and stand on the first field that is empty."""
        self._proposed = self._name_proposed()
        self.query_one("#file", Input).value = self._proposed
        empty = next((field for field in self.query(Input) if not field.value), None)
        (empty or self.query_one("#partnership", Input)).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the proposed name in step until the person changes it."""
        if event.input.id in ("area", "cycle", "organisation"):
            self._propose()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Keep the proposed name in step until the person changes it."""
        if event.select.id == "perspective":
            self._propose()

    def result(self) -> NewAssessment:
        """The new assessment, and its path in the folder."""
        respondent = Respondent(**_respondent(self))
        details = {key: value for key, value in _details(self).items() if key != "respondent"}
        assessment = edits.create(
            self._frameworks[self.choice("framework")], now=datetime.now(UTC), respondent=respondent, **details
        )
        return NewAssessment(file_in(self._folder, self.text("file"), SUFFIX), assessment, self.texts())

    def check_place(self, found: NewAssessment) -> None:
        """Refuse a name that is taken."""
        refuse_existing(found.path)

    def _propose(self) -> None:
        field = self.query_one("#file", Input)
        if field.value == self._proposed:
            self._proposed = field.value = self._name_proposed()

    def _name_proposed(self) -> str:
        name = proposed_name(
            self.text("area"), self.text("cycle"), self.choice("perspective"), self.text("organisation")
        )
        stem, number = name.removesuffix(SUFFIX), 1
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}{SUFFIX}"
        return name


def current_cycle(day: date) -> str:
    """The financial year that a day belongs to, April to March: 2026-27."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def _respondent(form: Form[Any]) -> dict[str, str]:
    return {name: form.text(name) for name in ("organisation", "role", "name")}


def _details(form: Form[Any]) -> dict[str, Any]:
    texts = {name: form.text(name) for name in ("partnership", "area", "cycle", "as_at")}
    choices = {name: form.choice(name) for name in ("perspective", "scope", "marking")}
    return {**texts, **choices, "respondent": _respondent(form)}
