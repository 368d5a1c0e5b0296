"""Find, load and check frameworks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from scrutiny import paths
from scrutiny.errors import FileProblem, ScrutinyError, UnknownName
from scrutiny.model.framework import Framework, repeated_names
from scrutiny.model.problems import MOST_PROBLEMS, ProblemCount, problems_in
from scrutiny.store import toml

DEFAULT = "multi-agency-scrutiny"
"""The framework that ships first."""


@dataclass(frozen=True)
class FoundFramework:
    """A framework file, loaded or with the reason why not."""

    path: Path
    framework: Framework | None
    problem: ScrutinyError | None = None


@dataclass(frozen=True)
class CheckedFramework:
    """What became of reading a framework's file."""

    framework: Framework | None
    problems: list[str]
    """What is wrong, in the order of the file: "line 12: sections[1].ref: is empty".

    At most the first thousand are named; a last sentence then says how many more there are, or that there may be some.
    """
    count: int = 0
    """How many problems are known, named or not."""
    all_known: bool = True
    """Whether there are certainly no more than those."""


def load(path: Path) -> Framework:
    """The framework in a file.

    Raises:
        FileProblem: The file cannot be used; the title names the first problem's line and key, the detail the others.
    """
    checked = check(path)
    if checked.framework is not None:
        return checked.framework
    first, *others = checked.problems
    at_least = "" if checked.all_known else "at least "
    more = f" (and {at_least}{checked.count - 1} more)" if others else ""
    raise FileProblem(
        f"{path} is not a usable framework: {first}{more}.",
        detail="\n".join(others),
        hint="Mend it in a text editor; the README describes every key.",
    )


def check(path: Path) -> CheckedFramework:
    """Everything that is wrong with a framework's file, or the framework.

    Raises:
        FileProblem: The file is missing, not TOML at all, or an assessment.
    """
    text = toml.read_text(path)
    data = toml.parse(text, path)
    if "sections" not in data and "assessment" in data:
        raise FileProblem(
            f"{path} is an assessment, not a framework.", hint="Name a framework file, or leave the framework out."
        )
    count = ProblemCount()
    try:
        return CheckedFramework(Framework.model_validate(data, context=count), [])
    except ValidationError as error:
        # names are compared only once everything else is right, so compare them here too: one round, not two
        problems = list(dict.fromkeys([*problems_in(error), *islice(repeated_names(data), MOST_PROBLEMS)]))
        told = toml.located(text, problems[:MOST_PROBLEMS])
        all_known = count.knows_all(problems)
        if not all_known:
            told.append(f"Only the first {MOST_PROBLEMS:,} problems are listed; there may be more.")
        elif len(problems) > MOST_PROBLEMS:
            told.append(f"{len(problems) - MOST_PROBLEMS:,} more problems are not listed.")
        return CheckedFramework(None, told, len(problems), all_known)


def folders(settings_folder: Path | None, also: Iterable[Path] = ()) -> list[Path]:
    """The folders in which frameworks are looked for, in order, without those that do not exist."""
    candidates = [*also, settings_folder, paths.checkout_frameworks(), paths.installed_frameworks()]
    return [folder for folder in candidates if folder is not None and folder.is_dir()]


def available(search: Sequence[Path]) -> list[FoundFramework]:
    """Every framework in the given folders. A file is left out where an earlier folder has the same framework's id.

    Files that are not frameworks at all, such as assessments, are passed over; broken frameworks are listed.
    """
    found: dict[str, FoundFramework] = {}
    for folder in search:
        for path in sorted(folder.glob("*.toml")):
            one = _look_at(path)
            if one is not None:
                found.setdefault(one.framework.id if one.framework else str(path), one)
    return list(found.values())


def find(name: str, search: Sequence[Path]) -> Framework:
    """The framework that a person means by a file's path or by an id.

    Raises:
        UnknownName: There is none of that id.
        FileProblem: The file cannot be used.
    """
    path = paths.expanded(name)
    if path.suffix == ".toml" or path.is_file():
        return load(path)
    candidates = available(search)
    for one in candidates:
        if one.framework and one.framework.id == name:
            return one.framework
        if one.problem and one.path.stem == name:
            raise one.problem
    known = ", ".join(one.framework.id for one in candidates if one.framework)
    raise UnknownName(
        f"There is no framework “{name}”.", hint=f"Name a file, or one of: {known}." if known else "Name a file."
    )


def _look_at(path: Path) -> FoundFramework | None:
    try:
        return FoundFramework(path, load(path))
    except FileProblem as problem:
        if "sections" not in _words(path):
            return None
        return FoundFramework(path, None, problem)


def _words(path: Path) -> str:
    try:
        text = toml.read_text(path)
    except FileProblem:
        return ""
    return "" if "\n[assessment]\n" in text else text
