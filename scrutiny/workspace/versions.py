"""How a version of a file that appears under an open session relates to what the session knows.

Every saved file names the versions it was made from (its ancestry). From that, a version that another person made from
ours is told from an older copy that a sync client or a person put back, and from one of unknown origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from scrutiny.analysis.merge import Merged, differences, merge
from scrutiny.model.assessment import Assessment
from scrutiny.store.assessments import Stored

CONTENTS_KEPT = 200
"""The most versions whose content is remembered for merging."""

ANCESTRY_KEPT = 32
"""The most ancestors that are handed on to a saved file."""


class Relation(Enum):
    """How another version relates to the version that the file was last known to hold."""

    NEWER = "newer"
    """It was made from that version."""
    OLDER = "older"
    """It is an ancestor of that version: an older copy was put back."""
    FORKED = "forked"
    """Both were made from a version whose content is known."""
    UNKNOWN = "unknown"
    """No common ancestor is known."""


@dataclass(frozen=True)
class Reconciled:
    """What becomes of our assessment when the file holds another version."""

    relation: Relation
    merged: Merged
    """Both versions together; conflicts have to be settled by a person first."""


class KnownVersions:
    """The versions of a file that a session has read, written, or knows by name as ancestors of those."""

    def __init__(self, stored: Stored) -> None:
        self._contents: dict[str, Assessment] = {}
        """The content of versions by name, the latest last."""
        self._names: set[str] = set()
        self._latest: tuple[str, ...] = ()
        self.add(stored)

    @property
    def ancestry(self) -> tuple[str, ...]:
        """The names of the latest version and its ancestors, the latest first."""
        return self._latest

    def add(self, stored: Stored) -> None:
        """Remember the version that the file holds now, together with everything it was made from."""
        self._names.update(stored.line)
        self._latest = joined(stored.line, self._latest)
        if stored.line:
            self._contents.pop(stored.line[0], None)
            self._contents[stored.line[0]] = stored.assessment
            while len(self._contents) > CONTENTS_KEPT:
                del self._contents[next(iter(self._contents))]

    def descend_from(self, stored: Stored) -> None:
        """Have what is saved next count as made from this version, too, although the file does not hold it."""
        self._names.update(stored.line)
        latest, rest = self._latest[:1], self._latest[1:]
        self._latest = (*latest, *joined(stored.line, rest))[:ANCESTRY_KEPT]

    def relation(self, theirs: Stored) -> Relation:
        """How a version relates to the latest one that is known here."""
        latest = self._latest[0] if self._latest else None
        if latest is not None and latest in theirs.line:
            return Relation.NEWER
        if theirs.line and theirs.line[0] in self._names and not theirs.edited_by_hand:
            return Relation.OLDER
        return Relation.FORKED if self._common(theirs) is not None else Relation.UNKNOWN

    def reconcile(self, ours: Assessment, theirs: Stored) -> Reconciled:
        """Bring our assessment together with the version that the file holds now.

        Raises:
            NotAllowed: It is another assessment, or rests on another version of the framework.
        """
        relation = self.relation(theirs)
        if relation is Relation.OLDER:
            merge(ours, ours, theirs.assessment)  # raises if it is another assessment
            return Reconciled(relation, Merged(ours))
        base = self._common(theirs)
        merged = differences(ours, theirs.assessment) if base is None else merge(base, ours, theirs.assessment)
        return Reconciled(relation, merged)

    def _common(self, theirs: Stored) -> Assessment | None:
        """The content of the latest version that theirs was made from, as far as it is known here."""
        return next((self._contents[name] for name in theirs.line if name in self._contents), None)


def joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Two lines of ancestors as one, taking a name of each in turn, so that neither is lost when it is cut."""
    lines = [list(first), list(second)]
    if lines[1] and lines[1][0] in lines[0]:
        lines[1] = [name for name in lines[1] if name not in lines[0]]
        return tuple([*lines[0], *lines[1]][:ANCESTRY_KEPT])
    names: dict[str, None] = {}
    for position in range(max(map(len, lines))):
        names.update(dict.fromkeys(line[position] for line in lines if position < len(line)))
    return tuple(list(names)[:ANCESTRY_KEPT])
