"""Listing a folder with its index gives what listing it without one gives, and reads only what has changed."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrutiny import paths
from scrutiny.analysis import progress
from scrutiny.analysis.summary import Summary, summarise
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import atomic, codec, index
from scrutiny.store.index import Listed, list_folder
from tests.store.simulated import POSIX, failing
from tests.strategies import assessments as generated

HOUR = 3600 * 10**9
"""Nanoseconds."""

Told = list[tuple[str, Summary | None, tuple[str, str, str] | None]]


def told(listed: Iterator[Listed]) -> Told:
    """What a listing says, in a form that can be compared."""
    return [
        (
            file.path.name,
            file.summary,
            (file.problem.title, file.problem.detail, file.problem.hint) if file.problem else None,
        )
        for file in listed
    ]


def put(path: Path, assessment: Assessment) -> Path:
    """Write an assessment's file whatever stands there, and nothing else."""
    path.write_text(codec.encode(assessment), encoding="utf-8", newline="\n")
    return path


def plainly(folder: Path) -> Told:
    """What a listing says that reads every file."""
    return told(list_folder(folder, indexed=False))


def age(path: Path) -> None:
    """Set a file's modification time back, so that it has not just changed."""
    then = time.time_ns() - HOUR
    os.utime(path, ns=(then, then))


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: a test cannot set the time back at which an inode changed."""
    monkeypatch.setattr(index, "SETTLING_NANOSECONDS", -HOUR)


class Calls:
    """Counts the calls of a function, which works as before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        self.count = 0
        original: Callable[..., object] = getattr(module, name)

        def counted(*arguments: object, **named: object) -> object:
            self.count += 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, counted)


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """How many files were parsed."""
    return Calls(monkeypatch, codec, "decode")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """How many files were read."""
    return Calls(monkeypatch, index, "read_bytes")


def index_file() -> Path:
    """The only index."""
    (file,) = paths.index_folder().iterdir()
    return file


@pytest.fixture
def mixed(tmp_path: Path, filled: Assessment, draft: Assessment) -> Path:
    """A folder with two assessments, a framework, and files that cannot be used."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    put(folder / "b.toml", filled)
    put(folder / "A.toml", draft)
    put(folder / ".hidden.toml", draft)
    (folder / "c.toml").write_text("format = 1\n", encoding="utf-8")
    (folder / "empty.toml").write_bytes(b"")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / "d.toml").mkdir()
    (folder / "framework.toml").write_text(codec.framework_tables(filled.framework), encoding="utf-8")
    return folder


# What a listing says


def test_a_folder_is_listed(mixed: Path, filled: Assessment, draft: Assessment) -> None:
    """Assessments come by name; what cannot be read says why; frameworks, hidden and other files are passed over."""
    listed = list(list_folder(mixed))
    assert [(file.path.name, file.summary) for file in listed] == [
        ("A.toml", summarise(draft)),
        ("b.toml", summarise(filled)),
        ("c.toml", None),
        ("d.toml", None),
        ("empty.toml", None),
    ]
    assert all(file.problem is not None for file in listed if file.summary is None)


def test_a_folder_is_listed_by_name_whatever_stands_first(tmp_path: Path, filled: Assessment) -> None:
    """Neither a framework nor a hidden file ends the list, and capitals do not come before small letters."""
    for name in ("c.toml", "B.toml", "a.toml"):
        put(tmp_path / name, filled)
    for name in (".hidden.toml", "1.toml", "BB.toml"):
        (tmp_path / name).write_text(codec.framework_tables(filled.framework), encoding="utf-8")
    assert [file.path.name for file in list_folder(tmp_path)] == ["a.toml", "B.toml", "c.toml"]


def test_an_assessment_that_quotes_a_framework_is_listed(tmp_path: Path, filled: Assessment) -> None:
    """A note that holds a framework's text makes no framework of the assessment it stands in."""
    quoting = edits.write_evidence(filled, "plan", codec.framework_tables(filled.framework))
    path = put(tmp_path / "a.toml", quoting)
    assert [(file.path, file.summary) for file in list_folder(tmp_path)] == [(path, summarise(quoting))]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """Before the first assessment was saved, its folder is listed as empty, and no index is made of it."""
    assert list(list_folder(tmp_path / "none")) == []
    assert not paths.index_folder().exists()


@settings(max_examples=50)
@given(assessment=generated(), days=st.integers(-800, 800))
def test_a_summary_gives_the_figures_of_the_assessment(assessment: Assessment, days: int) -> None:
    """Details and figures of a summary are those of the whole assessment on any day."""
    summary = summarise(assessment)
    day = (
        assessment.as_at + timedelta(days=days)
        if abs((assessment.as_at - date(2026, 1, 1)).days) < 10**5
        else date.today()
    )
    own = {"framework", "sections", "actions"}
    shared = [field.name for field in fields(summary) if field.name not in own]
    assert [getattr(summary, name) for name in shared] == [getattr(assessment, name) for name in shared]
    sections = [(found.section.id, found.tally) for found in progress.tally_sections(assessment)]
    assert [(outline.id, tally) for outline, tally in summary.section_tallies] == sections
    assert summary.tally == progress.tally(assessment)
    assert summary.action_tally(day) == progress.tally_actions(assessment, day)
    assert summary.has_actions == bool(progress.placed_actions(assessment))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(generated(), min_size=1, max_size=4))
def test_a_generated_folder_is_listed_the_same_with_its_index(
    tmp_path: Path, made: list[Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the assessments hold, the second listing says from the index what the first one said."""
    monkeypatch.setattr(index, "SETTLING_NANOSECONDS", -HOUR)
    folder = tmp_path / "generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, assessment in enumerate(made):
        put(folder / f"{number}.toml", assessment)
    expected = plainly(folder)
    assert told(list_folder(folder)) == expected
    with monkeypatch.context() as without_reading:
        without_reading.setattr(index, "read_bytes", failing(errno.EIO))
        assert told(list_folder(folder)) == expected


# What is read again


@pytest.mark.usefixtures("settle")
def test_an_unchanged_folder_is_neither_read_nor_parsed_again(mixed: Path, parses: Calls, reads: Calls) -> None:
    """The second listing opens no file of the folder but the one whose reading had failed, and writes no index."""
    first = told(list_folder(mixed))
    before = index_file().stat()
    parses.count = reads.count = 0
    assert told(list_folder(mixed)) == first == plainly_without(mixed, parses, reads)
    after = index_file().stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def plainly_without(folder: Path, parses: Calls, reads: Calls) -> Told:
    """The plain listing, after making sure that nothing was parsed, and only the folder `d.toml` asked for, so far."""
    assert (parses.count, reads.count) == (0, 1)
    return plainly(folder)


@pytest.mark.usefixtures("settle")
def test_growth(tmp_path: Path, draft: Assessment, parses: Calls, reads: Calls) -> None:
    """A folder of many files costs one parse for each new file and none for the others."""
    for number in range(30):
        put(tmp_path / f"{number:02}.toml", draft)
    list(list_folder(tmp_path))
    assert parses.count == reads.count == 30
    list(list_folder(tmp_path))
    assert parses.count == reads.count == 30
    put(tmp_path / "new.toml", draft)
    list(list_folder(tmp_path))
    assert parses.count == reads.count == 31


def test_a_file_that_has_just_changed_is_read_but_not_parsed(tmp_path: Path, draft: Assessment, parses: Calls) -> None:
    """Within the safety margin the digest decides, and an equal digest saves the parsing."""
    put(tmp_path / "a.toml", draft)
    first = told(list_folder(tmp_path))
    assert parses.count == 1
    assert told(list_folder(tmp_path)) == first
    assert parses.count == 1


def test_a_same_size_edit_within_one_tick_is_seen(
    tmp_path: Path, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that changes neither size nor any time, soon after the listing, is found by its digest."""
    stamp = index._Stamp(1, time.time_ns(), time.time_ns(), 1)
    monkeypatch.setattr(index, "_stamp", lambda _: stamp)
    path = put(tmp_path / "a.toml", draft)
    list(list_folder(tmp_path))
    put(path, draft.model_copy(update={"area": draft.area[::-1]}))
    assert told(list_folder(tmp_path)) == plainly(tmp_path)
    assert next(list_folder(tmp_path)).summary == summarise(draft.model_copy(update={"area": draft.area[::-1]}))


def test_a_wrong_entry_is_not_trusted(tmp_path: Path, draft: Assessment, filled: Assessment) -> None:
    """An entry with the right size and time, but another content's digest and summary, gives way to the file."""
    path = put(tmp_path / "a.toml", draft)
    list(list_folder(tmp_path))
    entries = index._read(index_file())
    wrong = index._Entry(entries["a.toml"].stamp, settled=False, digest="0" * 64, content=summarise(filled))
    assert entries["a.toml"].settled is False
    index._write(index_file(), {"a.toml": wrong})
    assert index._read(index_file()) == {"a.toml": wrong}
    assert [(file.path, file.summary) for file in list_folder(tmp_path)] == [(path, summarise(draft))]


@POSIX
@pytest.mark.usefixtures("settle")
def test_a_modification_time_that_is_set_back_hides_nothing(tmp_path: Path, draft: Assessment) -> None:
    """A same-size edit under the old modification time is seen, because the inode's own time cannot be set."""
    path = put(tmp_path / "a.toml", draft)
    age(path)
    before = path.stat()
    list(list_folder(tmp_path))
    edited = draft.model_copy(update={"area": draft.area[::-1]})
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_text(codec.encode(edited), encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert next(list_folder(tmp_path)).summary == summarise(edited)


@pytest.mark.usefixtures("settle")
def test_a_touched_file_is_not_parsed(tmp_path: Path, draft: Assessment, parses: Calls) -> None:
    """A new time alone, as a copying program or a sync client gives it, costs a read and no parse."""
    path = put(tmp_path / "a.toml", draft)
    first = told(list_folder(tmp_path))
    age(path)
    assert told(list_folder(tmp_path)) == first
    assert parses.count == 1


def folder_in_place_of_the_index() -> None:
    """Put a folder where the index was."""
    file = index_file()
    file.unlink()
    file.mkdir()


EDITS: dict[str, Callable[[Path, Assessment], object]] = {
    "edited": lambda folder, of: put(folder / "b.toml", of.model_copy(update={"area": "Eastmoor"})),
    "added": lambda folder, of: put(folder / "z.toml", of.model_copy(update={"id": UUID(int=9)})),
    "removed": lambda folder, _: (folder / "A.toml").unlink(),
    "renamed": lambda folder, _: (folder / "A.toml").rename(folder / "z.toml"),
    "swapped": lambda folder, _: [
        (folder / "A.toml").rename(folder / "x"),
        (folder / "b.toml").rename(folder / "A.toml"),
        (folder / "x").rename(folder / "b.toml"),
    ],
    "damaged": lambda folder, _: (folder / "b.toml").write_text("format = 1\n", encoding="utf-8"),
    "mended": lambda folder, of: put(folder / "c.toml", of),
    "emptied": lambda folder, _: (folder / "b.toml").write_bytes(b""),
    "index deleted": lambda _, __: index_file().unlink(),
    "index emptied": lambda _, __: index_file().write_bytes(b""),
    "index cut": lambda _, __: index_file().write_bytes(index_file().read_bytes()[:-9]),
    "index of noise": lambda _, __: index_file().write_bytes(bytes(range(256)) * 50),
    "index of nonsense, sealed": lambda _, __: index_file().write_bytes(index._seal(b"[1]") + b"\n[1]"),
    "index edited by hand": lambda _, __: index_file().write_bytes(
        index_file().read_bytes().replace(b"Northshire", b"Southshire")
    ),
    "index of nested lists": lambda _, __: index_file().write_bytes(index._seal(b"[" * 10**5) + b"\n" + b"[" * 10**5),
    "index a folder": lambda _, __: folder_in_place_of_the_index(),
}
"""What may happen to the folder, or to the index, between two listings."""


@pytest.mark.usefixtures("settle")
@pytest.mark.parametrize("edit", EDITS)
def test_after_any_change_the_index_says_what_the_files_say(mixed: Path, filled: Assessment, edit: str) -> None:
    """Whatever happens to the files or to the index, listing with it says the same as without it, then and later."""
    list(list_folder(mixed))
    EDITS[edit](mixed, filled)
    for _ in range(2):
        assert told(list_folder(mixed)) == plainly(mixed)


@pytest.mark.usefixtures("settle")
def test_entries_of_files_that_have_gone_are_dropped(mixed: Path) -> None:
    """The index names no file that the folder does not have."""
    list(list_folder(mixed))
    (mixed / "A.toml").unlink()
    list(list_folder(mixed))
    assert sorted(index._read(index_file())) == ["b.toml", "c.toml", "empty.toml", "framework.toml"]


@pytest.mark.usefixtures("settle")
def test_another_versions_index_is_ignored(mixed: Path, parses: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program found is found again, since it may judge a file differently."""
    monkeypatch.setattr(index, "__version__", "0.0.1")
    first = told(list_folder(mixed))
    monkeypatch.undo()
    counting = Calls(monkeypatch, codec, "decode")
    assert told(list_folder(mixed)) == first
    assert counting.count > 0
    assert parses.count > 0


# What is kept, and where


def test_the_index_is_private_and_holds_no_notes(mixed: Path, filled: Assessment) -> None:
    """Only its owner may read it, and neither evidence nor the words of an action are in it."""
    list(list_folder(mixed))
    kept = index_file().read_text(encoding="ascii")
    for _, answer in filled.in_order():
        words = [answer.evidence, answer.reason, *(source.title for source in answer.sources)]
        words += [action.text for action in answer.actions]
        assert not [part for part in words if part and json.dumps(part)[1:-1] in kept]
    if os.name == "posix":
        assert index_file().stat().st_mode & 0o777 == 0o600
        assert paths.index_folder().stat().st_mode & 0o777 == 0o700


def test_a_state_folder_that_cannot_be_used_is_no_error(mixed: Path) -> None:
    """Where the state folder cannot be made, listing works without an index."""
    paths.state_folder().parent.mkdir(parents=True, exist_ok=True)
    paths.state_folder().write_text("in the way")
    for _ in range(2):
        assert told(list_folder(mixed)) == plainly(mixed)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_an_index_that_cannot_be_written_is_no_error(mixed: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """On a read-only or full disk, listing works as it does without an index."""
    monkeypatch.setattr(atomic, "temporary_file", failing(code))
    for _ in range(2):
        assert told(list_folder(mixed)) == plainly(mixed)


def test_the_oldest_indexes_are_removed(tmp_path: Path, draft: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many folders are remembered, the latest ones."""
    monkeypatch.setattr(index, "_FOLDERS_LIMIT", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
        put(tmp_path / name / "a.toml", draft)
        list(list_folder(tmp_path / name))
        for file in paths.index_folder().iterdir():
            age(file)
    assert len(list(paths.index_folder().iterdir())) == 2
    assert index._index_file(tmp_path / "c").exists()


def test_an_index_that_would_be_too_large_is_not_written(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit files are read each time."""
    monkeypatch.setattr(index, "_INDEX_LIMIT", 100)
    for _ in range(2):
        assert told(list_folder(mixed)) == plainly(mixed)
    assert not paths.index_folder().exists()


def test_a_folder_has_one_index_by_whatever_name(tmp_path: Path, mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem kept under one name of the folder is told under the name it is listed by."""
    list(list_folder(mixed))
    monkeypatch.chdir(tmp_path)
    assert told(list_folder(Path("mixed"))) == plainly(Path("mixed"))
    index_file()


LISTING = """
import sys
from pathlib import Path
from scrutiny.store import index
index.SETTLING_NANOSECONDS = -10**15
folder = Path(sys.argv[1])
for round in range(15):
    assert len(list(index.list_folder(folder))) == 5
    index._index_file(folder).unlink(missing_ok=True)
"""


def test_two_processes_may_write_one_index(mixed: Path) -> None:
    """Processes that list one folder at once do not disturb one another and leave an index that is whole."""
    running = [subprocess.Popen([sys.executable, "-c", LISTING, str(mixed)], stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        _, complaint = process.communicate(timeout=60)
        assert (process.returncode, complaint) == (0, b"")
    assert told(list_folder(mixed)) == plainly(mixed)
    assert index._read(index_file())


# Folders as people have them


def test_a_file_that_vanishes_while_the_folder_is_read_is_left_out(tmp_path: Path, draft: Assessment) -> None:
    """Between listing and reading, a file may be moved away; that is no problem of anybody's."""
    for name in ("a.toml", "b.toml", "c.toml"):
        put(tmp_path / name, draft)
    listing_of = list_folder(tmp_path)
    assert next(listing_of).path.name == "a.toml"
    (tmp_path / "b.toml").unlink()
    assert [file.path.name for file in listing_of] == ["c.toml"]


@POSIX
def test_links_pipes_and_folders_say_why(tmp_path: Path, draft: Assessment) -> None:
    """A link that loops or leads nowhere, a pipe and a folder are listed with a sentence; a good link is followed."""
    target = put(tmp_path / "kept.txt", draft)
    (tmp_path / "link.toml").symlink_to(target)
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop2.toml")
    (tmp_path / "loop2.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "here.toml").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.toml")
    for _ in range(2):
        said = {name: (summary, problem) for name, summary, problem in told(list_folder(tmp_path))}
        assert said.pop("link.toml") == (summarise(draft), None)
        assert sorted(said) == ["dangling.toml", "here.toml", "loop.toml", "loop2.toml", "pipe.toml"]
        for name, (summary, problem) in said.items():
            assert summary is None
            assert problem is not None
            assert problem[0].startswith(str(tmp_path / name))


@POSIX
@pytest.mark.usefixtures("settle")
def test_a_link_that_leads_elsewhere_now_is_read_again(tmp_path: Path, draft: Assessment, filled: Assessment) -> None:
    """What counts is the file that a link leads to."""
    first, second = put(tmp_path / "1.txt", draft), put(tmp_path / "2.txt", filled)
    link = tmp_path / "link.toml"
    link.symlink_to(first)
    assert next(list_folder(tmp_path)).summary == summarise(draft)
    link.unlink()
    link.symlink_to(second)
    assert next(list_folder(tmp_path)).summary == summarise(filled)


def test_a_folder_that_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without the right to list it, or on a disk that fails, is a problem with a sentence and a next step."""
    monkeypatch.setattr(os, "scandir", failing(errno.EACCES))
    with pytest.raises(FileProblem) as caught:
        list(list_folder(tmp_path))
    assert caught.value.title == f"The folder {tmp_path} cannot be read: permission denied."
    assert caught.value.hint


@POSIX
def test_a_deep_folder_is_listed(tmp_path: Path, draft: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose whole path is longer than the system takes is listed from within."""
    monkeypatch.chdir(tmp_path)
    for _ in range(25):
        Path("d" * 200).mkdir()
        os.chdir("d" * 200)
    Path("a.toml").write_text(codec.encode(draft), encoding="utf-8")
    for _ in range(2):
        assert [(file.path, file.summary) for file in list_folder(Path())] == [(Path("a.toml"), summarise(draft))]


# Choosing by summaries


def test_only_chosen_files_are_loaded(
    tmp_path: Path, draft: Assessment, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a summary rules out is not loaded, nor is the file named; what cannot be read any more is left out."""
    for name, assessment in {"a": draft, "b": filled, "c": filled, "d": filled}.items():
        put(tmp_path / f"{name}.toml", assessment)
    loads = Calls(monkeypatch, index, "load")
    chosen = index.load_chosen(tmp_path, lambda summary: summary.tally.rated > 0, besides=tmp_path / "c.toml")
    assert next(chosen).path == tmp_path / "b.toml"
    assert [stored.assessment for stored in chosen] == [filled]
    assert loads.count == 2
