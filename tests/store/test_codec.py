"""The file format: what is written is read back, and whatever is wrong with a file is said."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrutiny.errors import FileProblem
from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Framework
from scrutiny.store import codec
from tests import building, strategies

HERE = Path("northshire.toml")


def refused(text: str) -> FileProblem:
    """What decoding a text is refused with: always the file, and always a next step."""
    with pytest.raises(FileProblem) as caught:
        codec.decode(text, HERE)
    assert caught.value.hint
    assert caught.value.title.startswith("northshire.toml")
    return caught.value


def written_and_read_back(assessment: Assessment) -> None:
    """Check that an assessment comes back equal, unedited, and to the same text again."""
    text = codec.encode(assessment)
    decoded = codec.decode(text, HERE)
    assert decoded.assessment == assessment
    assert not decoded.edited_by_hand
    assert codec.encode(decoded.assessment) == text
    assert text.encode().decode() == text
    assert "\r" not in text


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(assessment=strategies.assessments())
def test_whatever_is_written_is_read_back(assessment: Assessment) -> None:
    """Every assessment, however awkward its texts, comes back equal, unedited, and to the same text again."""
    written_and_read_back(assessment)


@pytest.mark.slow
@settings(max_examples=3000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(assessment=strategies.assessments())
def test_whatever_is_written_is_read_back_at_length(assessment: Assessment) -> None:
    """The same for thousands of assessments."""
    written_and_read_back(assessment)


@given(note=strategies.filled_notes, line=strategies.filled_notes)
def test_any_text_survives(note: str, line: str) -> None:
    """One note and one line of any characters come back as the model holds them, wherever they stand."""
    action = building.action(text=note, outcome=note, owner=line, decision=note)
    answer = Answer(
        rating="amber", reason=note, evidence=note, sources=(building.source(title=line),), actions=(action,)
    )
    written_and_read_back(building.draft(area=line, answers={"plan": answer}))


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(assessment=strategies.assessments(), data=st.data())
def test_a_cut_anywhere_is_recognised(assessment: Assessment, data: st.DataObject) -> None:
    """However awkward the texts in it, a file that ends too early never loads."""
    text = codec.encode(assessment)
    for _ in range(10):
        refused_cut(text[: data.draw(st.integers(1, len(text) - 2))])


def refused_cut(text: str) -> None:
    """Check that a text which is the beginning of a file is refused as a cut one."""
    assert "cut short" in refused(text).title


def test_every_cut_of_a_whole_file_is_recognised(filled: Assessment) -> None:
    """A file cut after any of its characters is called incomplete, and only its last line end may be missing."""
    text = codec.encode(filled)
    for length in range(1, len(text) - 1):
        refused_cut(text[:length])
    assert codec.decode(text[:-1], HERE).assessment == filled


def test_a_cut_is_recognised_below_a_comment(filled: Assessment) -> None:
    """A line of somebody's own above the first one does not hide that the end is missing."""
    text = "# checked by Sam\n" + codec.encode(filled)
    for length in range(len("# checked by Sam\nformat = 1\n\n[assessment]\nid"), len(text) - 1, 7):
        assert refused(text[:length])
    for end in list(re.finditer(r"\n\n", text))[1:]:
        refused_cut(text[: end.start() + 1])


def test_a_hand_edit_is_noticed(filled: Assessment) -> None:
    """A change of one word loads as what it says, and is called an edit by hand."""
    decoded = codec.decode(codec.encode(filled).replace("Some are heard.", "Most are heard."), HERE)
    assert decoded.edited_by_hand
    assert decoded.assessment.answer("voice").evidence == "Most are heard."


def test_line_ends_of_windows_are_no_edit(filled: Assessment, tmp_path: Path) -> None:
    """A sync client that turns line ends into those of Windows has not edited anything."""
    from scrutiny.store import assessments

    path = tmp_path / "a.toml"
    path.write_bytes(codec.encode(filled).replace("\n", "\r\n").encode())
    stored = assessments.load(path)
    assert stored.assessment == filled
    assert not stored.edited_by_hand


def test_an_edit_changes_one_place(filled: Assessment) -> None:
    """A change to one answer changes its own lines and the seal, so that a diff shows what was done."""
    from scrutiny.model import edits

    before = codec.encode(filled).splitlines()
    after = codec.encode(edits.write_evidence(filled, "voice", "Many are heard.")).splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed[0] == 'evidence = "Many are heard."'
    assert len(changed) == 2
    assert changed[1].startswith("digest = ")


def test_an_unknown_key_is_named_with_its_line(filled: Assessment) -> None:
    """A slip in a key is refused with the line and the key, never dropped."""
    text = codec.encode(filled).replace('owner = "Director', 'ownr = "Director', 1)
    line = text[: text.index("ownr =")].count("\n") + 1
    problem = refused(text)
    assert f"line {line}: answers.plan.actions[1].ownr" in problem.title
    assert "is not a key" in problem.title


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("format = 1\n", "format = 1\nfoo = 1\n", "line 2: foo"),
        ("[respondent]", "[responder]", "responder"),
        ('area = "', 'aera = "', "assessment.aera"),
        ("answers = 4", "answers = 4\nseal = 1", "end.seal"),
        ('ref = "1.2a"', 'ref = "1.2a"\nhelp = "x"', "framework.sections[1].statements[2].help"),
        ("date = 2026-05-01\n", 'date = 2026-05-01\nby = "x"\n', "answers.voice.actions[1].progress[1].by"),
    ],
)
def test_unknown_keys_are_named_everywhere(filled: Assessment, old: str, new: str, place: str) -> None:
    """A key that nobody knows is named wherever it stands."""
    text = codec.encode(filled)
    assert old in text
    problem = refused(text.replace(old, new, 1))
    assert place in problem.title + problem.detail
    assert "line" in problem.title


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'rating = "amber"',
            'rating = "Amber"',
            "answers.voice.rating: must be one of: green, amber, red, not-applicable",
        ),
        ('perspective = "self-assessment"', 'perspective = "self"', "assessment.perspective: must be one of: self-ass"),
        ('status = "embedded"', 'status = "done"', "answers.voice.actions[1].status: must be one of: not-started, in"),
        ('kind = "audit"', 'kind = "audits"', "answers.plan.sources[1].kind: must be one of: data, audit,"),
        ("as_at = 2026-11-01", 'as_at = "soon"', "assessment.as_at: must be a date such as 2026-11-01"),
        ("due = 2027-03-31", "due = 2027-03-31T10:00:00Z", "answers.plan.actions[1].due: must be a date such as"),
        ("due = 2027-03-31", "due = 1066-10-14", "must be a date between 1900-03-01 and 2199-12-31"),
        ("created = 2026-11-01T09:00:00Z", "created = 2026-11-01", "must be a date and time"),
        ("created = 2026-11-01T09:00:00Z", "created = 2026-11-01T09:00:00", "time zone"),
        ("created = 2026-11-01T09:00:00Z", "created = 0001-01-01T00:00:00+14:00", "between 1900-03-01"),
        ("created = 2026-11-01T09:00:00Z", "created = 0900-01-01T00:00:00Z", "between 1900-03-01"),
        ('id = "AAAA2"', 'id = "AAAI2"', "five capital letters and digits"),
        ('id = "BBBB3"', 'id = "AAAA2"', "answers.voice.actions[1].id: the code AAAA2 is used more than once"),
        ('cycle = "2026-27"', 'cycle = "2026-28"', "assessment.cycle: must be a year such as 2026"),
        ('id = "0c1f6f0e-3b7a-4c58-9a43-0d8f5d1f2a77"', 'id = "one"', "assessment.id: must be an identifier such as"),
        ("[answers.safety]", "[answers.nothing]", "answers.nothing: belongs to no statement of the framework"),
        ('text = "It was asked once."', 'text = ""', "archived[1].text: is empty"),
        ('title = "Neglect audit"', 'title = "\\u001b"', "answers.plan.sources[1].title: is empty"),
        ('title = "Neglect audit"\n', "", "answers.plan.sources[1].title: is missing"),
        ('title = "Neglect audit"', "title = 7", "answers.plan.sources[1].title: must be text"),
        ("version = 3", "version = 0", "framework.version"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(filled: Assessment, old: str, new: str, said: str) -> None:
    """A value that cannot be is refused with its line, its key and what it must be."""
    text = codec.encode(filled)
    assert old in text
    problem = refused(text.replace(old, new, 1))
    assert said in problem.title + "\n" + problem.detail
    assert re.search(r"line \d+: ", problem.title)


def test_the_line_is_the_right_one(filled: Assessment) -> None:
    """The line of a problem is counted past notes of several lines that look like tables."""
    from scrutiny.model import edits

    awkward = edits.write_evidence(filled, "plan", '[answers.safety]\nrating = "red"\n"""\n[[x]]\n')
    text = codec.encode(awkward).replace('rating = "red"\n\n[[answers.safety', 'rating = "rde"\n\n[[answers.safety')
    line = text[: text.index('rating = "rde"')].count("\n") + 1
    assert f"line {line}: answers.safety.rating" in refused(text).title


def test_no_problem_repeats_what_people_wrote(filled: Assessment) -> None:
    """However a file is broken, what is said about it holds no word of its notes."""
    canary = "Canary-4711"
    from scrutiny.model import edits

    text = codec.encode(edits.write_evidence(filled, "safety", canary))
    for old, new in (('"Canary', '["Canary'), (f'"{canary}"', f'"{canary}"\nevidnce = "{canary}"'), ("red", canary)):
        problem = refused(text.replace(old, new))
        assert canary not in problem.title + problem.detail + problem.hint


def test_several_problems_are_all_told(filled: Assessment) -> None:
    """The first problem stands in the sentence, the others in the detail, all in the order of the file."""
    text = codec.encode(filled).replace('scope = "joint"', 'scope = "all"').replace('kind = "audit"', 'kind = "x"', 1)
    problem = refused(text.replace("[respondent]\n", '[respondent]\nmail = "x"\n'))
    assert "assessment.scope" in problem.title
    assert "(and 2 more)" in problem.title
    assert [line.split(": ")[1] for line in problem.detail.splitlines()] == [
        "respondent.mail",
        "answers.plan.sources[1].kind",
    ]
    assert all(re.match(r"line \d+: ", line) for line in problem.detail.splitlines())


def test_a_single_problem_counts_no_others(filled: Assessment) -> None:
    """Where one thing is wrong, nothing is said of others, and the next step is a sentence."""
    problem = refused(codec.encode(filled).replace('scope = "joint"', 'scope = "all"'))
    assert re.fullmatch(r"northshire\.toml cannot be used: line \d+: assessment\.scope: [^()]*\.", problem.title)
    assert problem.detail == ""
    assert problem.hint.endswith("The file was not touched.")


@pytest.mark.parametrize("count", [999, 1000, 1001, 2500])
def test_of_very_many_problems_a_thousand_are_told(filled: Assessment, count: int) -> None:
    """However much is wrong, all of it is counted, and only so much told as somebody may read."""
    tables = "".join(f"[x{number}]\n" for number in range(count))
    problem = refused(codec.encode(filled).replace("[respondent]\n", f"{tables}\n[respondent]\n"))
    assert ": x0: is not a key" in problem.title
    assert f"(and {count - 1} more)" in problem.title
    told = problem.detail.splitlines()
    assert len(told) == min(count, 1000) - 1
    assert [line.split(": ")[1] for line in told] == [f"x{number}" for number in range(1, min(count, 1000))]


@pytest.mark.parametrize("key", ["framework", "assessment"])
def test_a_missing_table_is_named_as_it_would_stand(filled: Assessment, key: str) -> None:
    """A file without its framework, or with something else than a table for itself, says so under that name."""
    text = codec.encode(filled)
    if key == "framework":
        text = text[: text.index("[framework]")] + text[text.index("[end]") :]
        said = "framework: is missing"
    else:
        text = "format = 1\nassessment = 5\n\n" + text[text.index("[respondent]") :]
        said = "line 2: assessment: must be a table"
    assert refused(text).title == f"northshire.toml cannot be used: {said}."


@pytest.mark.parametrize("text", ["format = 2\n", "format = 2\n[assessment]\n", "format = 14\n[new]\nx = 1\n"])
def test_a_newer_format_is_called_newer(text: str) -> None:
    """A file of a later version asks for an update, whatever else is in it."""
    assert "newer version of Scrutiny" in refused(text).title
    assert "Update" in refused(text).hint


@pytest.mark.parametrize("value", ["0", "-1", "1.5", '"1"', "true", "[1]"])
def test_a_format_that_is_no_number_is_refused(filled: Assessment, value: str) -> None:
    """The format is a whole number from 1."""
    assert "format" in refused(codec.encode(filled).replace("format = 1", f"format = {value}")).title


def test_a_file_without_a_format_is_not_ours(filled: Assessment) -> None:
    """Other people's TOML is told from an assessment, and so is a framework."""
    assert "not a Scrutiny assessment" in refused('[tool]\nname = "x"\n').title
    for without in (
        codec.encode(filled).replace("format = 1\n", ""),
        codec.encode(filled).replace("[assessment]", "[x]"),
    ):
        assert "not a Scrutiny assessment" in refused(without).title
    problem = refused(codec.framework_tables(filled.framework))
    assert "is a framework" in problem.title
    assert "scrutiny new" in problem.hint


@pytest.mark.parametrize("key", ["respondent", "answers", "archived", "framework"])
def test_a_table_inside_the_wrong_one_is_refused(filled: Assessment, key: str) -> None:
    """The tables of the file are not taken from inside [assessment], where a save would move them."""
    text = codec.encode(filled).replace("[respondent]", f"[assessment.{key}]\nx = 1\n\n[respondent]")
    assert f"assessment.{key}: does not belong in this table" in refused(text).title


def test_the_framework_goes_with_every_assessment() -> None:
    """Two assessments on different frameworks, saved in turn, each keep their own."""
    small = building.draft()
    other = building.draft(framework=building.graded())
    for assessment in (small, other, small, other):
        assert codec.decode(codec.encode(assessment), HERE).assessment == assessment


def test_a_save_encodes_only_what_changed(filled: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change to one note, an encoder puts no other answer, no action and no framework into words again."""
    from scrutiny.model import edits

    encoder = codec.Encoder()
    encoder.encode_after((), filled)
    encoded: list[str] = []
    before = (codec._answer, codec._item, codec.framework_tables)

    def answer(name: str, *arguments: Any) -> Any:
        encoded.append(name)
        return before[0](name, *arguments)

    def item(name: str, item: Any) -> str:
        encoded.append(f"{name} {item.id}")
        return before[1](name, item)

    def tables(framework: Framework, under: str = "") -> str:
        encoded.append(under)
        return before[2](framework, under)

    monkeypatch.setattr(codec, "_answer", answer)
    monkeypatch.setattr(codec, "_item", item)
    monkeypatch.setattr(codec, "framework_tables", tables)
    changed = edits.write_evidence(filled, "voice", "Many are heard.")
    text = encoder.encode_after((), changed).text
    assert [name for name in encoded if not name.startswith("archived.answer")] == ["answers.voice"]
    assert text == codec.encode(changed)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(several=st.lists(strategies.assessments(), min_size=2, max_size=3))
def test_an_encoder_says_the_same_as_a_fresh_one(several: list[Assessment]) -> None:
    """Whatever an encoder encoded before, the text of an assessment is the same."""
    encoder = codec.Encoder()
    for assessment in (*several, *reversed(several)):
        assert encoder.encode_after((), assessment).text == codec.encode(assessment)


def test_an_encoder_forgets_what_is_gone(filled: Assessment) -> None:
    """The text of answers and actions that an assessment has no more is not held on to."""
    encoder = codec.Encoder()
    encoder.encode_after((), filled)
    assert len(encoder._answers) == 4
    voice = filled.answers["voice"]
    fewer = filled.model_copy(update={"answers": {"voice": voice.model_copy(update={"actions": voice.actions[:1]})}})
    encoder.encode_after((), fewer)
    assert list(encoder._answers) == ["voice"]
    assert len(encoder._answers["voice"].items) == 1


def test_a_framework_file_is_the_framework(tmp_path: Path) -> None:
    """The tables of a framework make a framework file of their own."""
    from scrutiny.store import frameworks

    framework = building.framework()
    path = tmp_path / "small.toml"
    path.write_text(codec.framework_tables(framework), encoding="utf-8")
    assert frameworks.load(path) == framework
