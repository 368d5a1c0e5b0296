"""Assessments in files: made, listed, and never written over."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrutiny.errors import ChangedElsewhere, FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, codec
from tests import building
from tests.store.simulated import DAY, temporary


def test_what_is_made_is_loaded(tmp_path: Path, filled: Assessment) -> None:
    """A new file is loaded as what was saved, with the digest that was given back."""
    made = assessments.create(tmp_path / "new folder" / "and one in it" / "a.toml", filled)
    loaded = assessments.load(made.path)
    assert loaded == made
    assert loaded.assessment == filled


def test_a_file_that_exists_is_not_made(file: Path, draft: Assessment) -> None:
    """Making an assessment where a file stands is refused, and the file stays as it is."""
    before = file.read_bytes()
    with pytest.raises(FileProblem, match="exists already") as caught:
        assessments.create(file, draft)
    assert "another name" in caught.value.hint
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, draft: Assessment) -> None:
    """Where a file stands in the folder's place, the folder is named, and another one is asked for."""
    (tmp_path / "file").write_bytes(b"theirs")
    with pytest.raises(FileProblem) as caught:
        assessments.create(tmp_path / "file" / "a.toml", draft)
    assert caught.value.title == f"The folder {tmp_path / 'file'} cannot be made."
    assert "another folder" in caught.value.hint
    assert (tmp_path / "file").read_bytes() == b"theirs"


def test_making_a_file_tidies_its_folder(tmp_path: Path, draft: Assessment) -> None:
    """What a dead session left in the folder goes when an assessment is begun there."""
    left = temporary(tmp_path, age=DAY + 60)
    assessments.create(tmp_path / "a.toml", draft)
    assert not left.exists()


@pytest.mark.parametrize("over", [0, 1])
def test_nothing_is_saved_that_could_not_be_read_again(file: Path, monkeypatch: pytest.MonkeyPatch, over: int) -> None:
    """A file of as many bytes as are read is saved; of one more, it is refused, and what was saved stays."""
    stored = assessments.load(file)
    changed = edits.write_evidence(stored.assessment, "plan", "é" * 1000)
    size = len(codec.encode_after(stored.line, changed).text.encode())
    monkeypatch.setattr(assessments, "READ_LIMIT", size - over)
    if not over:
        assessments.save(file, changed, stored.digest)
        assert file.stat().st_size == size
        return
    with pytest.raises(FileProblem, match="would be larger than Scrutiny reads"):
        assessments.save(file, changed, stored.digest)
    assert assessments.load(file) == stored


def test_the_limit_is_told_in_megabytes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes too much is told how much is too much, in which file, and what to do."""
    stored = assessments.load(file)
    large = codec.Encoded("x" * (atomic.READ_LIMIT + 1), ())
    monkeypatch.setattr(codec, "encode_after", lambda *_: large)
    with pytest.raises(FileProblem) as caught:
        assessments.save(file, stored.assessment, stored.digest)
    assert caught.value.title == f"{file} would be larger than Scrutiny reads (5 MB)."
    assert "Shorten" in caught.value.hint


def test_a_save_replaces_what_was_read(file: Path) -> None:
    """A save onto the file as it was read succeeds, and its digest serves for the next one."""
    stored = assessments.load(file)
    digest = stored.digest
    for text in ("First.", "Second."):
        changed = edits.write_evidence(stored.assessment, "plan", text)
        digest = assessments.save(file, changed, digest)
    assert assessments.load(file).assessment.answer("plan").evidence == "Second."
    assert assessments.load(file).digest == digest


def test_somebody_elses_save_is_not_overwritten(file: Path) -> None:
    """A save onto a file that somebody else saved since is refused, and theirs stays."""
    ours, theirs = assessments.load(file), assessments.load(file)
    assessments.save(file, edits.write_evidence(theirs.assessment, "plan", "Theirs."), theirs.digest)
    with pytest.raises(ChangedElsewhere, match="changed by somebody else") as caught:
        assessments.save(file, edits.write_evidence(ours.assessment, "plan", "Ours."), ours.digest)
    assert "Save a copy" in caught.value.hint
    assert assessments.load(file).assessment.answer("plan").evidence == "Theirs."


def test_a_save_between_reading_and_digest_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Content and digest come from one reading: a save that happens right after it is somebody else's."""
    theirs = edits.write_evidence(building.filled(), "plan", "Theirs.")
    read = atomic.read_bytes

    def read_and_save_behind(path: Path) -> bytes:
        raw = read(path)
        monkeypatch.setattr(assessments, "read_bytes", read)
        assessments.save(path, theirs, assessments.file_digest(path))
        return raw

    monkeypatch.setattr(assessments, "read_bytes", read_and_save_behind)
    ours = assessments.load(file)
    with pytest.raises(ChangedElsewhere):
        assessments.save(file, edits.write_evidence(ours.assessment, "plan", "Ours."), ours.digest)
    assert assessments.load(file).assessment == theirs


def test_a_save_while_ours_is_written_out_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another computer saves between the look at the file and the writing is not overwritten."""
    stored = assessments.load(file)
    theirs = codec.encode(edits.write_evidence(stored.assessment, "plan", "Theirs.")).encode()
    encode = codec.encode_after

    def encode_while_they_save(line: tuple[str, ...], assessment: Assessment) -> codec.Encoded:
        file.write_bytes(theirs)
        return encode(line, assessment)

    monkeypatch.setattr(codec, "encode_after", encode_while_they_save)
    with pytest.raises(ChangedElsewhere, match=r"northshire\.toml was changed by somebody else since"):
        assessments.save(file, edits.write_evidence(stored.assessment, "plan", "Ours."), stored.digest)
    assert file.read_bytes() == theirs


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    """A save onto a file that was moved away is refused, and no second file appears."""
    stored = assessments.load(file)
    file.rename(file.with_name("moved.toml"))
    with pytest.raises(ChangedElsewhere, match="no longer in its folder") as caught:
        assessments.save(file, stored.assessment, stored.digest)
    assert "Save a copy" in caught.value.hint
    assert not file.exists()


def test_a_hand_edit_is_sealed_by_the_next_save(file: Path) -> None:
    """An edit by hand is noticed until the next save, which seals it."""
    file.write_text(file.read_text(encoding="utf-8").replace("Some are", "Most are"), encoding="utf-8")
    stored = assessments.load(file)
    assert stored.edited_by_hand
    assessments.save(file, stored.assessment, stored.digest)
    assert not assessments.load(file).edited_by_hand


def test_a_failed_save_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save onto a full disk is refused, and what was saved before is loaded again."""
    stored = assessments.load(file)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FileProblem, match="the disk is full"):
            assessments.save(file, edits.write_evidence(stored.assessment, "plan", "New."), stored.digest)
    assert assessments.load(file) == stored


def test_locks_are_kept_out_of_the_folder(file: Path, home: Path) -> None:
    """Nothing but the assessment stands in its folder, where a sync client would spread it; locks live elsewhere."""
    stored = assessments.load(file)
    assessments.save(file, stored.assessment, stored.digest)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert list(home.rglob("locks"))


@pytest.mark.skipif(os.name != "posix", reason="only there can names be any bytes")
def test_a_name_of_any_bytes_can_be_saved(tmp_path: Path, filled: Assessment) -> None:
    """A file whose name is no text in any encoding is made, loaded and saved like any other."""
    path = tmp_path / os.fsdecode(b"\xff\x1b[2J.toml")
    stored = assessments.create(path, filled)
    assert assessments.save(path, filled, stored.digest)
    assert assessments.load(path).assessment == filled


def test_two_names_of_one_file_share_a_lock(tmp_path: Path, filled: Assessment) -> None:
    """A file and a link to it are one file to the lock, and a save through the link is noticed."""
    file = building.written(tmp_path / "a.toml", filled)
    link = tmp_path / "b.toml"
    try:
        link.symlink_to(file)
    except OSError:
        pytest.skip("this system lets nobody make links")
    ours = assessments.load(file)
    assessments.save(link, edits.write_evidence(filled, "plan", "New."), assessments.load(link).digest)
    with pytest.raises(ChangedElsewhere):
        assessments.save(file, filled, ours.digest)


@given(text=st.text(max_size=80))
def test_a_slug_is_a_safe_part_of_a_name(text: str) -> None:
    """Whatever a place is called, its slug is made of letters, digits and single hyphens, and is nothing to Windows."""
    slug = assessments.slug(text)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug) <= 45
    assert "--" not in slug
    assert slug == slug.strip("-")
    assert slug not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert assessments.slug(slug) == slug


@given(parts=st.tuples(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80)))
def test_a_proposed_name_is_listed_later(parts: tuple[str, str, str]) -> None:
    """Whatever the area and the organisation are called, the proposed name is one file in the folder, not hidden."""
    name = assessments.proposed_name(parts[0], parts[1], "self-assessment", parts[2])
    assert Path(name).name == name
    assert name.endswith(".toml")
    assert not name.startswith((".", "-"))
    assert len(name) <= 105


@pytest.mark.parametrize("length", [1, 39, 40, 41, 60])
def test_long_names_are_cut(length: int) -> None:
    """Forty characters of each part and a hundred in all are kept, and no name ends in a hyphen for that."""
    assert assessments.slug("n" * length) == "n" * min(length, 40)
    assert assessments.slug(f"({'n' * length})") == "n" * min(length, 40)
    assert assessments.slug(f"{'n' * 39} {'m' * length}") == "n" * 39
    name = assessments.proposed_name("n" * length, "x" * 40, "y" * 40)
    kept = f"{'n' * min(length, 40)}-{'x' * 40}-{'y' * 40}"[:100]
    assert name == kept.strip("-") + ".toml"
    assert assessments.proposed_name("n" * 40, "x" * 40, "y" * 17, "z").endswith("y.toml")


@pytest.mark.parametrize(
    ("area", "name"),
    [
        ("Northshire", "northshire-2026-27-self-assessment.toml"),
        ("Ynys Môn", "ynys-mon-2026-27-self-assessment.toml"),
        ("CON", "con-file-2026-27-self-assessment.toml"),
        ("LPT1", "lpt1-file-2026-27-self-assessment.toml"),
        ("../../etc", "etc-2026-27-self-assessment.toml"),
        ("北", "2026-27-self-assessment.toml"),
    ],
)
def test_proposed_names(area: str, name: str) -> None:
    """Names are proposed from area, cycle and perspective."""
    assert assessments.proposed_name(area, "2026-27", "self-assessment") == name


def test_a_version_that_comes_between_the_check_and_the_writing_stays(
    file: Path, filled: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another computer saves after a save has checked the file and before it writes, its version is kept."""
    replace = atomic.replace

    def late(path: Path, content: bytes, standing: bytes | atomic.Unread | None) -> None:
        path.write_bytes(b"theirs")
        replace(path, content, standing)

    digest = assessments.load(file).digest
    monkeypatch.setattr(assessments, "replace", late)
    with pytest.raises(ChangedElsewhere):
        assessments.save(file, filled, digest)
    assert file.read_bytes() == b"theirs"


def test_a_file_that_comes_while_a_new_one_is_made_stays(
    tmp_path: Path, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new assessment never replaces a file that was put there at the same moment."""
    replace = atomic.replace

    def late(path: Path, content: bytes, standing: bytes | atomic.Unread | None) -> None:
        path.write_bytes(b"theirs")
        replace(path, content, standing)

    monkeypatch.setattr(assessments, "replace", late)
    with pytest.raises(FileProblem):
        assessments.create(tmp_path / "a.toml", draft)
    assert (tmp_path / "a.toml").read_bytes() == b"theirs"
