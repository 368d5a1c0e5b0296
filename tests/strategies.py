"""Hypothesis strategies for everything that a file can hold."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from scrutiny.model.action import Action, ActionKind, ActionScope, ActionStatus, Priority, Progress
from scrutiny.model.assessment import (
    Answer,
    ArchivedAnswer,
    Assessment,
    Marking,
    Perspective,
    Respondent,
    Scope,
    Source,
    SourceKind,
    Status,
)
from scrutiny.model.framework import NOT_APPLICABLE, Band, Framework, Level, Scale, Section, Statement
from scrutiny.model.record import EARLIEST, LATEST

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
"""Text with every code point that Python has, lone surrogates and control characters included."""

_awkward = st.sampled_from(
    [
        '"""',
        "'''",
        "\\",
        '\\"""',
        "[end]\n",
        "\n[end]\nanswers = 1\n",
        "<<<<<<< HEAD\n",
        ">>>>>>> quoted",
        "\r\n",
        "\r",
        "\n",
        " ",
        "\t",
        "\x1b]0;title\x07",
        "\u2028",
        "\ufeff",
        "{message}",
        "%s",
        "=1+1",
        "# no comment",
        'format = 1\n[assessment]\nid = "x"\n',
    ]
)
notes = st.lists(st.one_of(any_text, _awkward), max_size=3).map("".join)
"""What people paste into notes, awkward pieces included."""

filled_notes = st.tuples(notes, st.sampled_from("aZ9é£"), notes).map("".join)
lines = st.one_of(st.just(""), any_text, notes)
filled_lines = st.tuples(lines, st.sampled_from("aZ9é£"), lines).map("".join)
days = st.dates(EARLIEST, LATEST)
moments = st.datetimes(
    datetime(1900, 3, 2),
    datetime(2199, 12, 30),
    timezones=st.sampled_from([UTC]),
)
identifiers = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True).filter(
    lambda word: word != NOT_APPLICABLE
)
references = st.from_regex(r"[A-Za-z0-9]{1,3}([.\-/][A-Za-z0-9]{1,3}){0,2}", fullmatch=True)
codes = st.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", min_size=5, max_size=5)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    """Two to five levels that differ in key, shortcut and label."""
    keys = draw(st.lists(identifiers, min_size=2, max_size=5, unique=True))
    shortcuts = draw(st.permutations("abcdefghij0123456789"))
    levels = [
        Level(
            key=key,
            label=f"{key} {draw(lines)}",
            shortcut=shortcut,
            band=draw(st.sampled_from(Band)),
            meaning=draw(filled_notes),
        )
        for key, shortcut in zip(keys, shortcuts, strict=False)
    ]
    return Scale(levels=tuple(levels))


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """One to three sections of one to three statements."""
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    scale = draw(scales())
    keys = list(scale.by_key)
    names = iter(draw(st.lists(identifiers, min_size=sum(shape), max_size=sum(shape), unique=True)))
    refs = iter(
        draw(st.lists(references, min_size=sum(shape), max_size=sum(shape), unique_by=lambda ref: ref.casefold()))
    )
    sections = []
    for number, count in enumerate(shape):
        statements = [
            Statement(
                id=next(names),
                ref=next(refs),
                title=draw(lines),
                text=draw(filled_notes),
                look_for=tuple(draw(st.lists(filled_notes, max_size=2))),
                descriptors=draw(st.dictionaries(st.sampled_from(keys), filled_notes, max_size=2)),
                source=draw(lines),
                note=draw(notes),
            )
            for _ in range(count)
        ]
        sections.append(
            Section(
                id=f"section-{number}",
                ref=str(number),
                title=draw(filled_lines),
                introduction=draw(notes),
                statements=tuple(statements),
            )
        )
    return Framework(
        id=draw(identifiers),
        version=draw(st.integers(1, 1_000_000)),
        title=draw(filled_lines),
        description=draw(notes),
        source=draw(lines),
        scale=scale,
        sections=tuple(sections),
    )


def _sources(code: str) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        id=st.just(code),
        kind=st.sampled_from(SourceKind),
        title=filled_lines,
        date=st.none() | days,
        location=lines,
    )


def _actions(code: str) -> st.SearchStrategy[Action]:
    return st.builds(
        Action,
        id=st.just(code),
        kind=st.sampled_from(ActionKind),
        text=filled_notes,
        agency=lines,
        owner=lines,
        due=st.none() | days,
        original_due=st.none() | days,
        priority=st.sampled_from(Priority),
        status=st.sampled_from(ActionStatus),
        scope=st.sampled_from(ActionScope),
        outcome=notes,
        progress=st.lists(st.builds(Progress, date=days, text=filled_notes), max_size=2).map(tuple),
        impact=notes,
        closed_by=lines,
        closed_on=st.none() | days,
        decision=notes,
    )


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """Whole assessments, with archived answers, on a framework of their own."""
    framework = draw(frameworks())
    free = draw(st.lists(codes, min_size=8, max_size=8, unique=True))
    ratings = st.sampled_from([None, NOT_APPLICABLE, *framework.scale.by_key])

    def answer() -> Answer:
        sources = [draw(_sources(free.pop())) for _ in range(draw(st.integers(0, min(1, len(free)))))]
        actions = [draw(_actions(free.pop())) for _ in range(draw(st.integers(0, min(2, len(free)))))]
        fields: dict[str, Any] = {"rating": draw(ratings), "reason": draw(notes), "evidence": draw(notes)}
        return Answer(**fields, sources=tuple(sources), actions=tuple(actions))

    chosen = draw(st.lists(st.sampled_from(list(framework.by_id)), max_size=4, unique=True))
    answers = {statement_id: answer() for statement_id in chosen}
    archived = [
        ArchivedAnswer(id=name, ref=draw(lines), text=draw(filled_notes), rating_label=draw(lines), answer=answer())
        for name in draw(st.lists(identifiers, max_size=2))
    ]
    return Assessment(
        id=draw(st.uuids()),
        partnership=draw(filled_lines),
        area=draw(filled_lines),
        cycle=draw(st.sampled_from(["2026", "2026-27", "1999/2000"])),
        as_at=draw(days),
        perspective=draw(st.sampled_from(Perspective)),
        scope=draw(st.sampled_from(Scope)),
        marking=draw(st.sampled_from(Marking)),
        status=draw(st.sampled_from(Status)),
        created=draw(moments),
        modified=draw(moments),
        respondent=draw(st.builds(Respondent, organisation=lines, role=lines, name=lines)),
        answers={key: value for key, value in answers.items() if not value.blank},
        archived=tuple(archived),
        framework=framework,
    )
