"""Three-way merge of two edits of one assessment: what one side changed is taken, what both changed is a conflict.

The result keeps our version of a conflict; theirs stands in the conflict, so that nothing is lost whichever is chosen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from scrutiny.errors import NotAllowed
from scrutiny.model.action import Action, Progress, new_code
from scrutiny.model.assessment import BLANK, Answer, ArchivedAnswer, Assessment, Respondent, Source
from scrutiny.model.edits import DETAILS
from scrutiny.model.text import NOTE_LIMIT

Item = TypeVar("Item", Source, Action)
Value = TypeVar("Value")


class Choice(Enum):
    """How a conflict is settled."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"
    """Both texts, ours first; ours alone, or what there is, where they cannot stand together."""


@dataclass(frozen=True)
class Place:
    """A field of an assessment."""

    field: str
    statement_id: str | None = None
    """The statement whose answer it belongs to; None for the assessment's own details."""
    code: str | None = None
    """The source or action it belongs to, where it belongs to one."""


@dataclass(frozen=True)
class Conflict:
    """A field that both sides changed, each in its own way."""

    place: Place
    base: object
    """What it was before; None where neither side found it there."""
    ours: object
    theirs: object

    @property
    def textual(self) -> bool:
        """Whether both versions are texts that can stand one after the other, and are not too long for one note."""
        if self.place.field not in _TEXTS or not (self.ours and self.theirs):
            return False
        return len(_one_after_the_other(self.ours, self.theirs)) <= NOTE_LIMIT


@dataclass(frozen=True)
class Merged:
    """What came of a merge."""

    assessment: Assessment
    """With our version of every conflict."""
    conflicts: tuple[Conflict, ...] = ()


_PARTED: Answer = Answer.model_construct(rating="?", reason="\0", evidence="\0", sources=(), actions=())
"""Sentinel for an unknown earlier answer: equal to no real one."""

_TEXTS = {"evidence", "reason", "text", "outcome", "impact", "decision"}

_OWN_FIELDS = (*(name for name in DETAILS if name != "respondent"), "status", "created")
"""The fields of the assessment itself. The respondent's are merged one by one; `modified` says nothing of its own."""

_UNKNOWN = object()
"""Sentinel for an unknown earlier value: equal to no real one."""


def merge(base: Assessment, ours: Assessment, theirs: Assessment) -> Merged:
    """Bring two edits of one assessment together, by statement and field, sources and actions by their codes.

    Raises:
        NotAllowed: They are not edits of one assessment, or rest on different versions of the framework.
    """
    _same_ground(base, ours, theirs)
    if _same(ours, theirs) or _same(theirs, base):
        return Merged(ours if ours.modified >= theirs.modified or not _same(ours, theirs) else theirs)
    if _same(ours, base):
        return Merged(theirs)
    found: list[Conflict] = []
    merged = ours.model_copy(
        update={
            **_details(base, ours, theirs, found),
            "modified": max(ours.modified, theirs.modified),
            "answers": _unique(_answers(base, ours, theirs, found)),
            "archived": _archived(base.archived, ours.archived, theirs.archived),
        }
    )
    return Merged(merged, tuple(found))


def differences(ours: Assessment, theirs: Assessment) -> Merged:
    """Bring two versions together whose common ancestor is unknown: every field in which they differ is a conflict.

    Sources, actions, progress entries and archived answers that only one of them has are kept, ours first.

    Raises:
        NotAllowed: They are not versions of one assessment, or rest on different versions of the framework.
    """
    _same_ground(ours, theirs)
    found: list[Conflict] = []
    details = _details(_UNKNOWN, ours, theirs, found)
    answers = {}
    for statement in ours.framework.statements:
        mine, yours = ours.answer(statement.id), theirs.answer(statement.id)
        merged = _answer(statement.id, _PARTED, mine, yours, found)
        sources, actions = _ours_first(mine.sources, merged.sources), _ours_first(mine.actions, merged.actions)
        merged = merged.model_copy(update={"sources": sources, "actions": actions})
        if merged != BLANK:
            answers[statement.id] = merged
    archived = (*ours.archived, *(one for one in theirs.archived if one not in ours.archived))
    united = ours.model_copy(update={**details, "answers": _unique(answers), "archived": archived})
    return Merged(united, tuple(replace(conflict, base=None) for conflict in found))


def choice_without_loss(conflict: Conflict) -> Choice | None:
    """The version that holds everything the other one holds; None where choosing either would lose something.

    That is the one that is filled where the other is empty, and of two texts the one that continues the other.
    """
    ours, theirs = conflict.ours, conflict.theirs
    if ours in (None, "") or theirs in (None, ""):
        return Choice.THEIRS if ours in (None, "") else Choice.OURS
    if conflict.place.field in _TEXTS:
        if str(theirs).startswith(str(ours)):
            return Choice.THEIRS
        if str(ours).startswith(str(theirs)):
            return Choice.OURS
    return None


def settle(merged: Merged, choices: Mapping[Conflict, Choice]) -> Assessment:
    """The merged assessment with every conflict settled; those without a choice stay ours."""
    assessment = merged.assessment
    for conflict in merged.conflicts:
        choice = choices.get(conflict, Choice.OURS)
        if choice is not Choice.OURS:
            assessment = _put(assessment, conflict.place, _settled(conflict, choice))
    return assessment


def _same_ground(first: Assessment, *others: Assessment) -> None:
    if any(other.id != first.id for other in others):
        raise NotAllowed("These are different assessments, not versions of one.", hint="Compare them instead.")
    if any(other.framework != first.framework for other in others):
        raise NotAllowed(
            "These versions rest on different versions of the framework.", hint="Bring them to the same version first."
        )


def _settled(conflict: Conflict, choice: Choice) -> object:
    if choice is Choice.THEIRS:
        return conflict.theirs
    if conflict.textual:
        return _one_after_the_other(conflict.ours, conflict.theirs)
    return conflict.ours or conflict.theirs


def _one_after_the_other(ours: object, theirs: object) -> str:
    return f"{ours}\n\n{theirs}"


def _put(assessment: Assessment, place: Place, value: object) -> Assessment:
    if place.statement_id is None:
        if place.field in Respondent.model_fields:
            changed = assessment.respondent.model_copy(update={place.field: value})
            return assessment.model_copy(update={"respondent": changed})
        return assessment.model_copy(update={place.field: value})
    answer = assessment.answer(place.statement_id)
    if place.code is None:
        changed_answer = answer.model_copy(update={place.field: value})
    else:
        changed_answer = answer.model_copy(
            update={
                "sources": _put_item(answer.sources, place, value),
                "actions": _put_item(answer.actions, place, value),
            }
        )
    return assessment.model_copy(update={"answers": {**assessment.answers, place.statement_id: changed_answer}})


def _put_item(items: tuple[Item, ...], place: Place, value: object) -> tuple[Item, ...]:
    return tuple(item.model_copy(update={place.field: value}) if item.id == place.code else item for item in items)


def _same(one: Assessment, other: Assessment) -> bool:
    """Whether two versions say the same, whenever they were saved."""
    return one.model_copy(update={"modified": other.modified}) == other


def _field(place: Place, base: Value, ours: Value, theirs: Value, found: list[Conflict]) -> Value:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    found.append(Conflict(place, None if base is _UNKNOWN else base, ours, theirs))
    return ours


def _fields(
    place: Place,
    base: Any,
    ours: Any,
    theirs: Any,
    found: list[Conflict],
    apart: Mapping[str, Callable[..., object]] | None = None,
) -> dict[str, Any]:
    """Merge records field by field; fields named in `apart` are merged by a function of their own."""
    merged: dict[str, Any] = {}
    for name in type(ours).model_fields:
        versions = (getattr(ours, name), getattr(theirs, name))
        if apart and name in apart:
            merged[name] = apart[name](getattr(base, name, None), *versions)
        else:
            before = getattr(base, name, _UNKNOWN)
            merged[name] = _field(Place(name, place.statement_id, place.code), before, *versions, found)
    return merged


def _details(base: object, ours: Assessment, theirs: Assessment, found: list[Conflict]) -> dict[str, object]:
    """The assessment's own fields, merged one by one."""
    merged: dict[str, object] = {
        name: _field(Place(name), getattr(base, name, _UNKNOWN), getattr(ours, name), getattr(theirs, name), found)
        for name in _OWN_FIELDS
    }
    before = getattr(base, "respondent", _UNKNOWN)
    merged["respondent"] = Respondent(**_fields(Place(""), before, ours.respondent, theirs.respondent, found))
    return merged


def _ours_first(ours: Sequence[Item], merged: Sequence[Item]) -> tuple[Item, ...]:
    """Items with those that we have first, in our order."""
    positions = {item.id: position for position, item in enumerate(ours)}
    return tuple(sorted(merged, key=lambda item: positions.get(item.id, len(positions))))


def _answers(base: Assessment, ours: Assessment, theirs: Assessment, found: list[Conflict]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for statement in base.framework.statements:
        before, mine, yours = (side.answer(statement.id) for side in (base, ours, theirs))
        merged = _answer(statement.id, before, mine, yours, found)
        if merged != BLANK:
            answers[statement.id] = merged
    return answers


def _answer(statement_id: str, base: Answer, ours: Answer, theirs: Answer, found: list[Conflict]) -> Answer:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs

    def sources(before: Sequence[Source], mine: Sequence[Source], yours: Sequence[Source]) -> tuple[Source, ...]:
        return _items(statement_id, before, mine, yours, found, _source)

    def actions(before: Sequence[Action], mine: Sequence[Action], yours: Sequence[Action]) -> tuple[Action, ...]:
        return _items(statement_id, before, mine, yours, found, _action)

    apart: dict[str, Callable[..., object]] = {"sources": sources, "actions": actions}
    return Answer.model_construct(**_fields(Place("", statement_id), base, ours, theirs, found, apart))


def _source(place: Place, base: Source | None, ours: Source, theirs: Source, found: list[Conflict]) -> Source:
    return Source.model_construct(**_fields(place, base, ours, theirs, found))


def _action(place: Place, base: Action | None, ours: Action, theirs: Action, found: list[Conflict]) -> Action:
    apart: dict[str, Callable[..., object]] = {"progress": _progress}
    return Action.model_construct(**_fields(place, base, ours, theirs, found, apart))


def _items(
    statement_id: str,
    base: Sequence[Item],
    ours: Sequence[Item],
    theirs: Sequence[Item],
    found: list[Conflict],
    both: Callable[[Place, Item | None, Item, Item, list[Conflict]], Item],
) -> tuple[Item, ...]:
    """Merge items by their codes. What one side removed and the other changed is kept: a removal is easily repeated."""
    if ours == theirs or theirs == base:
        return tuple(ours)
    if ours == base:
        return tuple(theirs)
    before = {item.id: item for item in base}
    mine = {item.id: item for item in ours}
    yours = {item.id: item for item in theirs}
    merged = []
    for code in _in_order([item.id for item in base], list(mine), list(yours)):
        if code in mine and code in yours:
            place = Place("", statement_id, code)
            same = mine[code] == yours[code]
            merged.append(mine[code] if same else both(place, before.get(code), mine[code], yours[code], found))
        else:
            only = mine.get(code) or yours.get(code)
            if only is not None and only != before.get(code):
                merged.append(only)
    return tuple(merged)


def _in_order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """What was there before, in its order, then what was added; in an order of its own where both sides added."""
    known = set(base)
    mine = [code for code in ours if code not in known]
    yours = [code for code in theirs if code not in known]
    added = mine or yours if mine == yours or not (mine and yours) else sorted({*mine, *yours})
    return [*base, *added]


def _progress(
    base: Sequence[Progress] | None, ours: Sequence[Progress], theirs: Sequence[Progress]
) -> tuple[Progress, ...]:
    """Unite the entries: what either side added is there, what either side removed is gone."""
    before = tuple(base or ())
    if ours == theirs or theirs == before:
        return tuple(ours)
    if ours == before:
        return tuple(theirs)
    kept = [entry for entry in before if entry in ours and entry in theirs]
    added = {entry for entry in (*ours, *theirs) if entry not in before}
    return (*kept, *sorted(added, key=lambda entry: (entry.date, entry.text)))


def _archived(
    base: Sequence[ArchivedAnswer], ours: Sequence[ArchivedAnswer], theirs: Sequence[ArchivedAnswer]
) -> tuple[ArchivedAnswer, ...]:
    """Archived answers are never edited, only added: keep every one."""
    if ours == theirs or theirs == base:
        return tuple(ours)
    if ours == base:
        return tuple(theirs)
    added = [one for one in (*ours, *theirs) if one not in base]
    distinct = [one for position, one in enumerate(added) if one not in added[:position]]
    return (*base, *sorted(distinct, key=lambda one: (one.id, one.model_dump_json())))


def _unique(answers: dict[str, Answer]) -> dict[str, Answer]:
    """Give a fresh code to what two sides added under one code at different statements, which chance might do."""
    taken: set[str] = set()
    codes = [source.id for answer in answers.values() for source in answer.sources]
    codes += [action.id for answer in answers.values() for action in answer.actions]
    if len(set(codes)) == len(codes):
        return answers

    def fresh(items: Iterable[Item]) -> tuple[Item, ...]:
        renamed = []
        for item in items:
            own = item.model_copy(update={"id": new_code({*taken, *codes})}) if item.id in taken else item
            taken.add(own.id)
            renamed.append(own)
        return tuple(renamed)

    return {
        statement_id: answer.model_copy(update={"sources": fresh(answer.sources), "actions": fresh(answer.actions)})
        for statement_id, answer in answers.items()
    }
