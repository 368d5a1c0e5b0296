"""The command about text that a session could not save to its own file."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from scrutiny import paths
from scrutiny.cli import terminal
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, backups, recovery, recovery_list
from scrutiny.workspace.session import Session
from tests import building
from tests.cli.conftest import Scrutiny
from tests.store.simulated import POSIX
from tests.workspace.working import found_changed

Change = Callable[[Assessment], Assessment]


def kept(path: Path, change: Change, session: str = "0123abcd", place: int = 0) -> str:
    """Keep a changed version of a file as a session does that cannot save it; the recovery file's short name."""
    changed = change(assessments.load(path).assessment)
    kept_at = recovery.places(path, changed.id, session)[place]
    recovery.keep(kept_at, changed, path)
    return recovery_list.short_name(kept_at)


def continued(now: Assessment) -> Assessment:
    """The note goes on, and there is another action: nothing of the file is contradicted."""
    now = edits.write_evidence(now, "plan", f"{now.answer('plan').evidence}\nAnd so on.")
    now = edits.write_evidence(now, "safety", "Newly written.")
    return edits.put_action(now, "plan", building.action("ZZZZ9", text="Go on."))


def contradicted(now: Assessment) -> Assessment:
    """Another note, another rating and another area stand in place of the file's."""
    now = edits.write_evidence(edits.rate(now, "plan", "red"), "plan", "Something else.")
    return edits.describe(now, area="Southshire")


def waiting() -> list[Path]:
    """What stands in the recovery folder."""
    return sorted(path for path in paths.recovery_folder().iterdir() if path.suffix != ".lock")


def load(path: Path) -> Assessment:
    """The assessment in a file."""
    return assessments.load(path).assessment


def test_nothing_waits(scrutiny: Scrutiny, file: Path) -> None:
    """Without recovery files that is said, for everything and for one file."""
    assert scrutiny("recover").out == "There are no recovery files: nothing waits to be saved.\n"
    assert scrutiny("recover", file).out == f"There are no recovery files for {file}.\n"
    assert scrutiny("recover", "--json").out == "[]\n"


def test_recovery_files_are_listed(scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each: name, file, when, whose it is, whether its session runs and its file is there."""
    monkeypatch.setattr(terminal, "WIDEST", 1000)
    monkeypatch.setenv("COLUMNS", "1000")
    name = kept(file, continued)
    (one,) = recovery_list.every()
    lock = recovery.lock_of(one.path)
    lock.acquire()
    (line,) = scrutiny("recover").out.splitlines()
    assert line.startswith(f"{name}: {file}, kept ")
    assert "Northshire 2026-27, Self-assessment, Northshire Safeguarding Partnership." in line
    assert line.endswith("Its session still runs.")
    lock.release()
    file.unlink()
    assert scrutiny("recover", "--list").out.splitlines()[0].endswith("That file is gone.")
    one.path.write_bytes(one.path.read_bytes()[:1000])
    assert "It cannot be used: " in scrutiny("recover").out


def test_recovery_files_as_json(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """Each is an object with everything that the line says."""
    name = kept(file, continued)
    (listed,) = json.loads(scrutiny("recover", "--json").out)
    (one,) = recovery_list.every()
    assert listed.pop("kept").startswith(f"{one.kept:%Y-%m-%dT%H:%M:%S}")
    assert listed.pop("assessment")["id"] == str(filled.id)
    assert listed == {"name": name, "path": str(one.path), "file": str(file), "exists": True, "running": False}
    one.path.write_bytes(b"cut")
    (listed,) = json.loads(scrutiny("recover", "--json").out)
    assert "is not" in listed["problem"]


def test_a_file_or_folder_lists_its_own(scrutiny: Scrutiny, file: Path, filled: Assessment) -> None:
    """What belongs to other files is left out; a recovery file beside the file is there, under its path."""
    other = building.written(file.parent / "sub" / "other.toml", filled)
    mine, theirs = kept(file, continued), kept(other, continued)
    beside = kept(file, continued, "4567abcd", 2)
    (beside_path,) = file.parent.glob(f"{recovery.BESIDE_PREFIX}*.toml")
    for place in (file, file.parent):
        said = scrutiny("recover", place).out
        assert mine in said
        assert str(beside_path) in said
        assert theirs not in said
        assert beside not in said
    assert theirs in scrutiny("recover", other).out
    assert theirs in scrutiny("recover", theirs).out
    assert scrutiny("recover", "--show", beside_path).code == 0
    moved = other.rename(file.parent / "moved.toml")
    assert theirs in scrutiny("recover", moved).out


def test_what_it_holds_is_shown(scrutiny: Scrutiny, file: Path) -> None:
    """Both versions of everything that differs, and what only the recovery file has; nothing is changed."""
    before = file.read_bytes()
    shown = scrutiny("recover", "--show", kept(file, contradicted)).out
    assert "The assessment: area\n  File: Northshire\n  Kept: Southshire\n" in shown
    assert "1.1 One plan: rating\n  File: Green\n  Kept: Red\n" in shown
    assert "Something else." in shown
    assert "Only kept: 1.1 One plan, action ZZZZ9: Go on." in scrutiny("recover", "--show", kept(file, continued)).out
    same = kept(file, lambda now: now)
    assert "nothing that its file does not hold" in scrutiny("recover", "--show", same).out
    assert (file.read_bytes(), len(waiting())) == (before, 1)


def test_what_contradicts_nothing_is_restored(scrutiny: Scrutiny, file: Path) -> None:
    """It is put into the file, which stays as a backup; the recovery file goes, and a window takes it in as newer."""
    name, before, session = kept(file, continued), file.read_bytes(), Session(assessments.load(file))
    wanted = continued(load(file))
    said = scrutiny("recover", "--restore", name)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{file} now also holds what was kept on ")
    assert load(file).answers == wanted.answers
    assert [backup.path.read_bytes() for backup in backups.of(file)] == [before]
    assert waiting() == []
    assert found_changed(session)
    session.take_in()
    assert session.assessment == load(file)
    assert session.close()


def test_what_the_file_holds_already_is_only_removed(scrutiny: Scrutiny, file: Path) -> None:
    """A recovery file that says less than its file changes nothing."""
    name, before = kept(file, lambda now: edits.write_evidence(now, "plan", "")), file.read_bytes()
    said = scrutiny("recover", "--restore", name)
    assert (said.code, file.read_bytes(), waiting()) == (0, before, [])
    assert "nothing was changed" in said.out


def test_what_is_contradicted_is_listed(scrutiny: Scrutiny, file: Path) -> None:
    """Where both say something else, nothing changes, each place is named with both versions, and the code is 1."""
    name, before = kept(file, lambda now: continued(contradicted(now))), file.read_bytes()
    said = scrutiny("recover", "--restore", name)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[:3] == [
        "Different: The assessment: area. The file: Northshire. Kept: Southshire.",
        "Different: 1.1 One plan: rating. The file: Green. Kept: Red.",
        "Different: 1.1 One plan: evidence. --show prints both texts.",
    ]
    assert "differ in 3 places" in said.err
    assert f"--restore {name} -o NEW.toml" in said.err
    assert (file.read_bytes(), backups.of(file), len(waiting())) == (before, [], 1)


def test_all_of_it_is_saved_as_a_new_file(scrutiny: Scrutiny, file: Path) -> None:
    """With -o the text stands whole in a file of its own, and the first file stays as it is."""
    name, before = kept(file, contradicted), file.read_bytes()
    for output, code in (("new", 2), ("con.toml", 2), (file.name, 3)):
        assert scrutiny("recover", "--restore", name, "-o", file.with_name(output)).code == code
        assert len(waiting()) == 1
    said = scrutiny("recover", "--restore", name, "-o", file.with_name("new.toml"))
    assert (said.code, said.err) == (0, "")
    assert load(file.with_name("new.toml")) == contradicted(load(file))
    assert (file.read_bytes(), waiting()) == (before, [])


def gone(file: Path, _filled: Assessment) -> None:
    """The file is no longer there."""
    file.unlink()


def another(file: Path, filled: Assessment) -> None:
    """Another assessment stands in its place."""
    file.unlink()
    building.written(file, filled.model_copy(update={"id": UUID(int=1)}))


def newer_framework(file: Path, filled: Assessment) -> None:
    """The same assessment on another version of the framework stands in its place."""
    file.unlink()
    framework = filled.framework.model_copy(update={"version": 99})
    building.written(file, filled.model_copy(update={"framework": framework}))


@pytest.mark.parametrize(
    ("change", "words"),
    [(gone, "is gone"), (another, "another assessment"), (newer_framework, "another version of the framework")],
)
def test_text_that_fits_no_file(
    scrutiny: Scrutiny, file: Path, filled: Assessment, change: Callable[[Path, Assessment], None], words: str
) -> None:
    """It is shown whole, can be restored only as a new file, and the refusal says so."""
    name = kept(file, continued)
    change(file, filled)
    shown = scrutiny("recover", "--show", name)
    assert words in shown.err
    assert "Newly written." in shown.out
    said = scrutiny("recover", "--restore", name)
    assert (said.code, said.out) == (3, "")
    assert words in said.err
    assert "-o NEW.toml" in said.err
    assert scrutiny("recover", "--restore", name, "-o", file.with_name("new.toml")).code == 0
    assert load(file.with_name("new.toml")) == continued(filled)


def test_text_of_a_file_that_was_moved(scrutiny: Scrutiny, file: Path) -> None:
    """The file at its new place is named, and takes the text."""
    kept(file, continued)
    moved = file.rename(file.with_name("moved.toml"))
    assert scrutiny("recover", "--restore", moved).code == 0
    assert load(moved).answer("safety").evidence == "Newly written."


def test_text_that_does_not_say_where_it_belongs(scrutiny: Scrutiny, file: Path) -> None:
    """Without the first line nobody knows the file; the text can still be saved as a new one."""
    name = kept(file, continued)
    (path,) = waiting()
    path.write_bytes(path.read_bytes().partition(b"\n")[2])
    assert "its file is not known" in " ".join(scrutiny("recover").out.split())
    said = scrutiny("recover", "--restore", name)
    assert said.code == 3
    assert "does not say" in said.err
    assert scrutiny("recover", "--restore", name, "-o", file.with_name("new.toml")).code == 0


@pytest.mark.parametrize("words", [["--restore"], ["--discard", "--yes"]])
def test_a_session_that_still_runs_keeps_its_text(scrutiny: Scrutiny, file: Path, words: list[str]) -> None:
    """While the window is open, its recovery file is neither restored nor discarded."""
    name, before = kept(file, continued), file.read_bytes()
    (path,) = waiting()
    lock = recovery.lock_of(path)
    lock.acquire()
    said = scrutiny("recover", *words, name)
    assert (said.code, said.out) == (3, "")
    assert "still runs" in said.err
    assert scrutiny("recover", "--show", name).code == 0
    assert (file.read_bytes(), waiting()) == (before, [path])
    lock.release()
    assert scrutiny("recover", *words, name).code == 0


def test_text_is_discarded_only_on_purpose(scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there to ask: only with --yes. Somebody there: after the answer yes."""
    before = file.read_bytes()
    name = kept(file, continued)
    said = scrutiny("recover", "--discard", name)
    assert (said.code, said.out, len(waiting())) == (2, "", 1)
    assert "--yes" in said.err
    monkeypatch.setattr(terminal, "interactive", lambda: True)
    for answer, left in ((b"", 1), (b"no\n", 1), (b"Yes\n", 0)):
        said = scrutiny("recover", "--discard", name, stdin=answer)
        assert (said.code, len(waiting())) == (0, left)
        assert ("was discarded" in said.out) is not left
    assert scrutiny("recover", "--discard", kept(file, continued), "--yes").code == 0
    assert (file.read_bytes(), waiting()) == (before, [])


@pytest.mark.parametrize(
    "words",
    [
        ["--show"],
        ["--restore"],
        ["--discard"],
        ["--show", "--restore", "x"],
        ["--list", "-o", "new.toml"],
        ["--discard", "x", "-o", "new.toml"],
        ["--restore", "x", "--yes"],
        ["--show", "x", "--json"],
        ["--show", "nothing-of-that-name"],
    ],
)
def test_words_that_say_nothing(scrutiny: Scrutiny, file: Path, words: list[str]) -> None:
    """A missing or unknown name, and options that do not go together, are wrong usage."""
    kept(file, continued)
    said = scrutiny("recover", *words)
    assert (said.code, said.out, len(waiting())) == (2, "", 1)


def test_a_file_with_several_recovery_files(scrutiny: Scrutiny, file: Path) -> None:
    """The file alone does not say which is meant; the names do."""
    names = [kept(file, continued, session) for session in ("aaaa0000", "bbbb0000")]
    said = scrutiny("recover", "--restore", file)
    assert said.code == 2
    assert all(name in said.err for name in names)
    assert scrutiny("recover", "--restore", names[0]).code == 0
    assert scrutiny("recover", "--restore", file).code == 0


def test_a_damaged_recovery_file(scrutiny: Scrutiny, file: Path) -> None:
    """What cannot be used is not shown and not restored, and stays; the reason is told."""
    name = kept(file, continued)
    (path,) = waiting()
    path.write_bytes(path.read_bytes()[:1000])
    for words in (["--show"], ["--restore"], ["--restore", "-o", str(file.with_name("new.toml"))]):
        said = scrutiny("recover", *words, name)
        assert said.code == 3
        assert "incomplete" in said.err
    assert waiting() == [path]


def test_what_cannot_be_removed_is_said(scrutiny: Scrutiny, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recovery file that stays is not called removed."""
    name = kept(file, continued)

    def fail(path: Path) -> None:
        raise FileProblem(f"The recovery file {path} cannot be removed.", hint="Remove it by hand.")

    monkeypatch.setattr(recovery_list, "remove", fail)
    said = scrutiny("recover", "--restore", name)
    assert (said.code, said.out) == (3, "")
    assert load(file).answer("safety").evidence == "Newly written."


@POSIX
@pytest.mark.parametrize("line", ["recover", "recover a.toml", "recover --show a.toml", "backups a.toml"])
def test_a_working_directory_that_is_gone(
    scrutiny: Scrutiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """It is no fault of the program: nothing is found there, or the file is called missing."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert scrutiny(*line.split()).code in (0, 2, 3)
