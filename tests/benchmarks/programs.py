"""The programs that are measured, each as it is started and what shows that it is there."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from scrutiny.model import edits
from scrutiny.model.action import new_code
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Framework, Section
from scrutiny.model.record import Record
from scrutiny.store import assessments
from tests.benchmarks.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
"""The root of the checkout."""

EXAMPLE = ROOT / "assessments" / "northshire-2026-27-self-assessment.toml"
"""The worked example: 19 statements."""

PROMPT = 30
"""Characters of a text that surely fit into one line of the screen."""

_NOTE_LENGTH = 1_500


@dataclass(frozen=True)
class Program:
    """A program in a home of its own."""

    name: str
    command: tuple[str, ...]
    shows: tuple[str, ...]
    """Texts that are on the screen once its first frame is."""
    home: Path
    environment: Mapping[str, str]

    def start(self) -> Terminal:
        """Start it in a terminal."""
        return Terminal(self.command, self.environment, self.home)


@dataclass(frozen=True)
class Bench:
    """A folder in which every program gets a home."""

    folder: Path

    def walk(self, name: str, assessment: Assessment) -> Program:
        """Scrutiny, opened on an assessment at its first statement."""
        path = self._home(name) / "returns" / "assessment.toml"
        assessments.create(path, assessment)
        first = assessment.framework.statements[0]
        texts = (first.text, assessment.answer(first.id).evidence)
        shows = tuple(text[:PROMPT].strip() for text in texts if text)
        return self._ours(name, ("-m", "scrutiny", str(path)), shows)

    def one_static(self) -> Program:
        """The app with one Static."""
        return self._ours("one-static", ("-m", "tests.benchmarks.one_static"), ("Nothing but this line.",))

    def echo(self) -> Program:
        """The app that shows the last key."""
        return self._ours("echo", ("-m", "tests.benchmarks.echo"), ("Press a key.",))

    def python(self, name: str, *arguments: str) -> Program:
        """This Python, with arguments."""
        return self._ours(name, arguments, ())

    def peer(self, name: str, command: tuple[str, ...], shows: tuple[str, ...]) -> Program:
        """Somebody else's program, in its own virtual environment."""
        return Program(name, command, shows, self._home(name), self._environment(name))

    def _ours(self, name: str, arguments: tuple[str, ...], shows: tuple[str, ...]) -> Program:
        environment = {**self._environment(name), "PYTHONPATH": str(ROOT)}
        return Program(name, (sys.executable, *arguments), shows, self._home(name), environment)

    def _home(self, name: str) -> Path:
        home = self.folder / name
        home.mkdir(parents=True, exist_ok=True)
        return home

    def _environment(self, name: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home(name)),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }


def example() -> Assessment:
    """The worked example, every statement rated so that the walk begins with the first."""
    assessment = assessments.load(EXAMPLE).assessment
    for statement, answer in assessment.in_order():
        if answer.rating is None:
            assessment = edits.rate(assessment, statement.id, "red")
    return assessment


def with_long_note(assessment: Assessment) -> Assessment:
    """The same with a note of 1.5 kB on its first statement."""
    evidence = " ".join(answer.evidence for answer in assessment.answers.values())
    note = evidence[:_NOTE_LENGTH].rsplit(" ", 1)[0]
    return edits.write_evidence(assessment, assessment.framework.statements[0].id, note)


def enlarged(assessment: Assessment, statements: int = 1_500) -> Assessment:
    """The same with so many statements, each with one of the originals' whole answers, and its number in its text."""
    sections: list[Section] = []
    answers: dict[str, Answer] = {}
    taken: set[str] = set()
    for original in cycle(assessment.framework.sections):
        section = len(sections) + 1
        copies = []
        for statement in original.statements[: statements - len(answers)]:
            number = len(answers) + 1
            changes = {"id": f"statement-{number}", "ref": f"{section}.{number}", "text": f"{number}: {statement.text}"}
            copies.append(statement.model_copy(update=changes))
            answers[f"statement-{number}"] = _with_new_codes(assessment.answer(statement.id), taken)
        if not copies:
            break
        changes = {"id": f"section-{section}", "ref": f"{section}"}
        sections.append(original.model_copy(update={**changes, "statements": tuple(copies)}))
    framework = Framework(**{**_fields(assessment.framework), "sections": tuple(sections)})
    return Assessment(**{**_fields(assessment), "framework": framework, "answers": answers})


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _with_new_codes(answer: Answer, taken: set[str]) -> Answer:
    """The same answer, since no two things in an assessment have the same code."""

    def fresh() -> str:
        code = new_code(taken)
        taken.add(code)
        return code

    sources = tuple(source.model_copy(update={"id": fresh()}) for source in answer.sources)
    actions = tuple(action.model_copy(update={"id": fresh()}) for action in answer.actions)
    return answer.model_copy(update={"sources": sources, "actions": actions})
