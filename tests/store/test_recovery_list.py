"""Every recovery file of a computer: found wherever it stands, described, and held by one program at a time."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from scrutiny import paths
from scrutiny.errors import BeingSaved, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.store import recovery, recovery_list
from tests.store.simulated import POSIX


def kept(path: Path, assessment: Assessment, place: int = 0) -> Path:
    """Text that a session could not get into its file, in one of the places that sessions try."""
    kept_at = recovery.places(path, assessment.id, f"0123abc{place}")[place]
    recovery.keep(kept_at, assessment, path)
    return kept_at


def test_all_places_are_looked_into(file: Path, filled: Assessment) -> None:
    """The state folder, the temporary folder, and beside the files of a named folder; the latest comes first."""
    files = [kept(file, filled, place) for place in range(3)]
    for age, path in enumerate(files):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert [one.path for one in recovery_list.every()] == files[:2]
    assert [one.path for one in recovery_list.every([file.parent, paths.recovery_folder()])] == files
    assert len({one.name for one in recovery_list.every([file.parent])}) == 3


def test_a_recovery_file_is_described(file: Path, filled: Assessment) -> None:
    """It says what it holds, when it was kept, whose file it belongs to, and whether that is there and open."""
    path = kept(file, filled)
    os.utime(path, (1_000_000, 1_000_000))
    (one,) = recovery_list.every()
    assert (one.path, one.origin, one.origin_exists, one.running) == (path, file, True, False)
    assert one.kept.timestamp() == 1_000_000
    assert (one.assessment, one.problem) == (filled, None)
    assert one.belongs_to(file)
    assert not one.belongs_to(file.with_name("other.toml"), filled.id)
    moved = file.rename(file.with_name("moved.toml"))
    (one,) = recovery_list.every()
    assert one.origin_exists is False
    assert one.belongs_to(moved, filled.id)
    assert not one.belongs_to(moved, UUID(int=1))


def test_what_cannot_be_used_is_described_too(file: Path, filled: Assessment) -> None:
    """Damaged files and those put aside are listed with the reason, and stay where they are."""
    damaged, aside = kept(file, filled), kept(file, filled, 1)
    damaged.write_bytes(damaged.read_bytes()[:1000])
    recovery.put_aside(aside)
    aside = aside.with_suffix(".unusable")
    aside.write_bytes(b"cut")
    found = {one.path: one for one in recovery_list.every()}
    assert set(found) == {damaged, aside}
    assert found[damaged].origin == file
    for one in found.values():
        assert one.assessment is None
        assert one.problem is not None
    assert found[aside].origin is None
    assert found[aside].origin_exists is None


@POSIX
def test_nothing_waits_for_a_pipe(file: Path, filled: Assessment) -> None:
    """What is no ordinary file is described without being opened."""
    path = kept(file, filled)
    path.unlink()
    os.mkfifo(path)
    (one,) = recovery_list.every()
    assert one.problem is not None
    assert recovery_list.without_file(set()) == []


def test_an_open_recovery_file_is_refused(file: Path, filled: Assessment) -> None:
    """While a session holds it, it is listed as open and cannot be claimed; afterwards it can."""
    path = kept(file, filled)
    lock = recovery.lock_of(path)
    lock.acquire()
    assert [one.running for one in recovery_list.every()] == [True]
    with pytest.raises(BeingSaved, match="still runs"), recovery_list.claimed(path):
        pass
    lock.release()
    assert [one.running for one in recovery_list.every()] == [False]
    with recovery_list.claimed(path):
        assert [one.running for one in recovery_list.every()] == [True]


def test_text_whose_file_is_gone(file: Path, filled: Assessment) -> None:
    """It is found unless its file is there, its assessment is still known, or its session still runs."""
    path = kept(file, filled)
    assert recovery_list.without_file(set()) == []
    file.unlink()
    assert recovery_list.without_file(set()) == [path]
    assert recovery_list.without_file({filled.id}) == []
    lock = recovery.lock_of(path)
    lock.acquire()
    assert recovery_list.without_file(set()) == []
    lock.release()
    assert [one.assessment for one in recovery_list.describe([path])] == [filled]
    recovery_list.remove(path)
    assert recovery_list.describe([path]) == []


def test_a_recovery_file_that_cannot_go_is_told(
    file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that text was removed while it is still there."""
    path = kept(file, filled)

    def stay(_path: Path) -> None:
        pass

    monkeypatch.setattr(recovery, "forget", stay)
    with pytest.raises(FileProblem, match="cannot be removed"):
        recovery_list.remove(path)
