"""Files on Windows, as far as another system can stand in for it: saved and tidied without what Windows lacks."""

import errno
import os
from pathlib import Path

import pytest

from scrutiny.model import edits
from scrutiny.store import assessments, atomic
from tests.store.simulated import DAY, Windows, failing, gone, left_over, temporary


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store finds itself on Windows, on a computer with a name."""
    monkeypatch.setattr(atomic, "os", Windows())
    monkeypatch.setenv("COMPUTERNAME", "NORTHSHIRE-PC")


def marks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the temporary file of a save."""
    names: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: names.extend(left_over(folder)))
        atomic.replace(folder / "a", b"new")
    (name,) = names
    return name


def test_files_are_made_and_saved(file: Path) -> None:
    """A file is made and replaced without owners, groups, modes and links, and nothing is left beside it."""
    stored = assessments.load(file)
    assessments.save(file, edits.write_evidence(stored.assessment, "plan", "New."), stored.digest)
    assert assessments.load(file).assessment.answer("plan").evidence == "New."
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_folder_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows opens no folder, so a save there does not try: only the temporary file is opened."""
    opened: list[Path] = []
    system = os.open

    def look(path: Path, flags: int, mode: int = 0o777) -> int:
        opened.append(path)
        return system(path, flags, mode)

    monkeypatch.setattr(os, "open", look)
    atomic.replace(tmp_path / "a", b"new")
    assert [path.name.endswith(atomic.TEMPORARY_SUFFIX) for path in opened] == [True]


def test_temporary_files_bear_a_mark_of_the_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One computer gives one mark, another one another, and none gives its name away."""
    here, again = marks(tmp_path, monkeypatch), marks(tmp_path, monkeypatch)
    monkeypatch.setenv("COMPUTERNAME", "LAPTOP")
    there = marks(tmp_path, monkeypatch)
    monkeypatch.delenv("COMPUTERNAME")
    nameless = marks(tmp_path, monkeypatch)
    hosts = [found["host"] for name in (here, again, there, nameless) if (found := atomic._TEMPORARY.fullmatch(name))]
    assert hosts[0] == hosts[1]
    assert len(set(hosts)) == 3
    assert "northshire" not in here.casefold()


def test_nobody_is_asked_after(tmp_path: Path) -> None:
    """The call that asks after a process ends it on Windows, so what a session left stays for a day, then goes."""
    path = temporary(tmp_path, process=gone())
    assert atomic.sweep(tmp_path) == 0
    assert path.exists()
    temporary(tmp_path, process=gone(), age=DAY + 60)
    assert atomic.sweep(tmp_path) == 1


def test_the_rights_of_the_state_folder_are_the_systems(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile's folders are its owner's already, and a change of mode, which Windows has not, is not tried."""
    (home / "state").mkdir(mode=0o755)
    monkeypatch.setattr("scrutiny.paths.state_folder", lambda: home / "state")
    monkeypatch.setattr(Path, "chmod", failing(errno.EIO))
    atomic.private_folder(home / "state" / "locks")
    assert (home / "state" / "locks").is_dir()
