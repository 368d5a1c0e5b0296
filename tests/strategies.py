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
"""The same, with something to see in them."""

_days = st.dates(EARLIEST, LATEST)
_moments = st.datetimes(datetime(1900, 3, 2), datetime(2199, 12, 30), timezones=st.just(UTC))
_codes = st.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", min_size=5, max_size=5)
_words = st.sampled_from(["plan", "voice-of-children", "a1", "x", "safety-2", "end", "answers", "actions"])


class _Texts:
    """A handful of texts for a whole assessment: drawing a new one for every field would take most of the time."""

    def __init__(self, draw: st.DrawFn) -> None:
        several = draw(st.lists(notes, min_size=4, max_size=4))
        self.any = st.sampled_from(["", *several])
        self.filled = st.sampled_from([f"{text}é{text[::-1]}" for text in several])


@st.composite
def assessments(draw: st.DrawFn, framework: Framework | None = None) -> Assessment:
    """Whole assessments, with archived answers, on a framework of their own unless one is given."""
    texts = _Texts(draw)
    framework = framework or draw(_frameworks(texts))
    free = draw(st.lists(_codes, min_size=8, max_size=8, unique=True))
    ratings = st.sampled_from([None, NOT_APPLICABLE, *framework.scale.by_key])

    def answer() -> Answer:
        return Answer(
            rating=draw(ratings),
            reason=draw(texts.any),
            evidence=draw(texts.any),
            sources=tuple(draw(_sources(free.pop(), texts)) for _ in range(draw(st.integers(0, min(1, len(free)))))),
            actions=tuple(draw(_actions(free.pop(), texts)) for _ in range(draw(st.integers(0, min(2, len(free)))))),
        )

    chosen = draw(st.lists(st.sampled_from(list(framework.by_id)), max_size=3, unique=True))
    answers = {statement_id: answer() for statement_id in chosen}
    archived = [
        ArchivedAnswer(
            id=name, ref=draw(texts.any), text=draw(texts.filled), rating_label=draw(texts.any), answer=answer()
        )
        for name in draw(st.lists(_words, max_size=2))
    ]
    return Assessment(
        id=draw(st.uuids()),
        partnership=draw(texts.filled),
        area=draw(texts.filled),
        cycle=draw(st.sampled_from(["2026", "2026-27", "1999/2000"])),
        as_at=draw(_days),
        perspective=draw(st.sampled_from(Perspective)),
        scope=draw(st.sampled_from(Scope)),
        marking=draw(st.sampled_from(Marking)),
        status=draw(st.sampled_from(Status)),
        created=draw(_moments),
        modified=draw(_moments),
        respondent=Respondent(organisation=draw(texts.any), role=draw(texts.any), name=draw(texts.any)),
        answers={key: value for key, value in answers.items() if not value.blank},
        archived=tuple(archived),
        framework=framework,
    )


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Assessment, Assessment]:
    """Two versions of one assessment, which differ in any of its fields."""
    one = draw(assessments())
    other = draw(assessments(one.framework))
    names = [name for name in Assessment.model_fields if name not in ("id", "framework")]
    changed = draw(st.lists(st.sampled_from(names), unique=True))
    return one, one.model_copy(update={name: getattr(other, name) for name in changed})


@st.composite
def _scales(draw: st.DrawFn, texts: _Texts) -> Scale:
    """Two to five levels that differ in key, shortcut and label."""
    levels = [
        Level(
            key=f"level-{shortcut}",
            label=f"{shortcut} {draw(texts.any)}",
            shortcut=shortcut,
            band=draw(st.sampled_from(Band)),
            meaning=draw(texts.filled),
        )
        for shortcut in "gar12"[: draw(st.integers(2, 5))]
    ]
    return Scale(levels=tuple(levels))


@st.composite
def _frameworks(draw: st.DrawFn, texts: _Texts) -> Framework:
    """One or two sections of one to three statements."""
    scale = draw(_scales(texts))
    described = st.dictionaries(st.sampled_from(list(scale.by_key)), texts.filled, max_size=2)
    sections = []
    for number, count in enumerate(draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)), start=1):
        statements = [
            Statement(
                id=f"{draw(_words)}-{number}-{at}",
                ref=f"{number}.{at}",
                title=draw(texts.any),
                text=draw(texts.filled),
                look_for=tuple(draw(st.lists(texts.filled, max_size=2))),
                descriptors=draw(described),
                source=draw(texts.any),
                note=draw(texts.any),
            )
            for at in range(count)
        ]
        sections.append(
            Section(
                id=f"section-{number}",
                ref=str(number),
                title=draw(texts.filled),
                introduction=draw(texts.any),
                statements=tuple(statements),
            )
        )
    return Framework(
        id=draw(_words),
        version=draw(st.integers(1, 1_000_000)),
        title=draw(texts.filled),
        description=draw(texts.any),
        source=draw(texts.any),
        scale=scale,
        sections=tuple(sections),
    )


def _sources(code: str, texts: _Texts) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        id=st.just(code),
        kind=st.sampled_from(SourceKind),
        title=texts.filled,
        date=st.none() | _days,
        location=texts.any,
    )


def _actions(code: str, texts: _Texts) -> st.SearchStrategy[Action]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "kind": st.sampled_from(ActionKind),
        "priority": st.sampled_from(Priority),
        "status": st.sampled_from(ActionStatus),
        "scope": st.sampled_from(ActionScope),
        "text": texts.filled,
        "progress": st.lists(st.builds(Progress, date=_days, text=texts.filled), max_size=2).map(tuple),
    }
    fields |= dict.fromkeys(("agency", "owner", "outcome", "impact", "closed_by", "decision"), texts.any)
    fields |= dict.fromkeys(("due", "original_due", "closed_on"), st.none() | _days)
    return st.builds(Action, id=st.just(code), **fields)
