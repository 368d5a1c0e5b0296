"""The end record: what names a file's versions, and what a file without it, or with another's, is taken for."""

from pathlib import Path

import pytest

from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, codec

HERE = Path("northshire.toml")


def lines(assessment: Assessment, count: int) -> list[codec.Encoded]:
    """So many versions of one assessment, each made from the one before."""
    made: list[codec.Encoded] = []
    for number in range(count):
        changed = edits.write_evidence(assessment, "plan", f"{number}.")
        made.append(codec.encode_after(made[-1].line if made else (), changed))
    return made


def test_a_line_is_read_from_the_bytes_as_from_the_text(draft: Assessment) -> None:
    """Whichever way a file is read, it ends the same line, also with the line ends of Windows."""
    for encoded in lines(draft, 40):
        assert codec.decode(encoded.text, HERE).line == encoded.line
        assert codec.versions_in(encoded.text.encode()) == encoded.line
        assert codec.versions_in(encoded.text.replace("\n", "\r\n").encode()) == encoded.line


def test_the_latest_sixteen_are_all_in_a_line_and_the_first_is_always(draft: Assessment) -> None:
    """A line holds all of the last sixteen versions, of older ones ever fewer, the first, and never more than 32."""
    made = lines(draft, 80)
    heads = [encoded.line[0] for encoded in made]
    assert len(set(heads)) == 80
    for at, encoded in enumerate(made):
        line = encoded.line
        assert line == tuple(sorted(line, key=heads.index, reverse=True))
        assert list(line[:16]) == heads[max(0, at - 15) : at + 1][::-1]
        assert line[-1] == heads[0]
        assert len(line) <= 32
    assert [len(encoded.line) for encoded in made[:33]] == [*range(1, 33), 25]


def test_versions_have_names_of_twelve_characters(draft: Assessment) -> None:
    """A version is named by the beginning of its seal, which stands in its file."""
    encoded = codec.encode_after((), draft)
    assert f'digest = "sha256:{encoded.line[0]}' in encoded.text
    assert len(encoded.line[0]) == 12


@pytest.mark.parametrize(
    "raw", [b"", b"[end]", b"follows = []\n", b'digest = "sha256:' + b"0" * 64 + b'"', b"[end]\nx"]
)
def test_what_has_no_end_record_ends_no_line(raw: bytes) -> None:
    """Without an end record, or with one that seals nothing, nothing is known of where a file comes from."""
    assert codec.versions_in(raw) == ()


def test_a_record_in_a_note_names_no_versions(draft: Assessment) -> None:
    """Only the last record of a file is its end: one that somebody pasted into a note says nothing."""
    first = codec.encode(edits.write_evidence(draft, "plan", "Other."))
    pasted = edits.write_evidence(draft, "plan", first)
    encoded = codec.encode_after((), pasted)
    assert codec.versions_in(encoded.text.encode()) == encoded.line
    assert codec.decode(encoded.text, HERE).line == encoded.line
    assert not codec.decode(encoded.text, HERE).edited_by_hand


def test_a_note_that_follows_nothing_ends_no_line(draft: Assessment) -> None:
    """A note that looks like the end of a first version does not make its file one: what it rests on stays known."""
    first = codec.encode_after((), draft)
    noted = edits.write_evidence(draft, "plan", "[end]\nfollows = []\nanswers = 4")
    encoded = codec.encode_after(first.line, noted)
    assert "\n[end]\nfollows = []\n" in encoded.text
    assert codec.versions_in(encoded.text.encode()) == encoded.line == (encoded.line[0], *first.line)


def test_a_line_that_somebody_made_longer_is_cut(draft: Assessment) -> None:
    """However many versions somebody wrote into an end record, 32 of them are read, from the bytes too."""
    names = [f"{number:012x}" for number in range(500)]
    text = codec.encode_after(names, draft).text
    for line in (codec.decode(text, HERE).line, codec.versions_in(text.encode())):
        assert line[1:17] == tuple(names[:16][: len(line[1:17])])
        assert len(line) <= 32
        assert set(line[1:]) <= set(names[:32])


def test_a_file_without_an_end_is_cut_short_whatever_comes_first(filled: Assessment) -> None:
    """A file in which somebody put another key first, and that has no end record, is not taken for whole."""
    text = codec.encode(filled).replace("format = 1\n", '"format" = 1\n')
    assert codec.decode(text, HERE).assessment == filled
    body, _, record = text.rpartition("[end]")
    for cut in (body, f"{body}[end]\nanswers = 4\n", f"end = 4\n{body}"):
        with pytest.raises(FileProblem, match=r"^northshire\.toml is incomplete: it was cut short before its end"):
            codec.decode(cut, HERE)
    assert record


def test_a_file_sealed_by_somebody_else_is_read_and_sealed_anew(filled: Assessment, tmp_path: Path) -> None:
    """A seal that somebody made up counts as an edit by hand, and the next save begins a line of its own."""
    path = tmp_path / "a.toml"
    body, _, _ = codec.encode(filled).replace("format = 1\n", '"format" = 1\n').rpartition("[end]")
    path.write_text(f'{body}[end]\nanswers = 4\ndigest = "mine"\n', encoding="utf-8")
    stored = assessments.load(path)
    assert stored.edited_by_hand
    assert stored.assessment == filled
    saved = assessments.save_version(path, filled, stored.digest)
    assert saved == assessments.load(path)
    assert len(saved.line) == 1
