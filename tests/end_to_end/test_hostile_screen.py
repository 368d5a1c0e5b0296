"""Whatever a sender put into files, a terminal that would obey it is told nothing, on any screen."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from scrutiny import paths
from scrutiny.model import edits
from scrutiny.store import assessments, codec
from tests import building
from tests.end_to_end.tmux import TMUX, Tmux
from tests.planting import MARKUP, SPACE, WRITING, escaped, framework_in, full_of, short

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")

STRINGS = (
    "\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1bkowned\x1b\\\x1b]52;c;b3duZWQ=\x07\x1b]52;p;b3duZWQ=\x1b\\"
    "\x1b]8;;https://owned.example\x1b\\link\x1b]8;;\x1b\\\x1bPtmux;\x1b\x1b]0;owned\x07\x1b\\\x1b_owned\x1b\\\x1b^o\x1b\\"
)
SEQUENCES = (
    "\x1b[31m\x1b[2J\x1b[10;10Howned\x1b[6n\x1b[c\x1b[?1049l\x1b[?1000l\x1b[8;1;1t\x1b[21t\x1b#8\x1bc\x1b(0lqk\x1b(B"
)
ONE_BYTE = "\x9b31m\x9b2J\x9d0;owned\x9c\x9d52;c;b3duZWQ=\x07\x90tmux;\x1b]0;owned\x07\x9c\x84\x85\x8d\x9e\x9f\x98"
LONE = "\x00\x01\x05\x07\x08\x08\x08\x0e\x0f\x7f\x1b \x1b"
TURNED = "\u202eowned\u202c \u2066owned\u2069 \u202downed \u200fשָׁלוֹם\u200e العربية \u061c"
JOINED = "👩‍👩‍👧‍👦🏳️‍🌈🇬🇧" * 6 + "e" + "\u0301" * 150 + "\u200b\ufeff\u2060" + "𝒳漢字﷽" * 5
LONG = "owned" * 1000

PAYLOADS = {
    "control strings": STRINGS,
    "control sequences": SEQUENCES + LONE,
    "control characters of one byte": ONE_BYTE,
    "markup": MARKUP,
    "writing": TURNED + WRITING + JOINED,
    "length": SPACE + LONG,
}
"""What somebody might plant, by what it is meant to do."""

AT_ONCE = STRINGS[:130] + SEQUENCES[:40] + ONE_BYTE[:40] + LONE + MARKUP[:40] + TURNED[:30] + JOINED[-170:-20]
"""Something of all of it but length, short enough for a line."""

Step = tuple[tuple[str, ...], str]
"""Keys that are pressed, and words of our own that stand on the screen afterwards."""


@dataclass(frozen=True)
class Planted:
    """A folder of hostile files."""

    folder: Path
    file: Path
    """The one that every screen is opened on."""
    named: Path
    """A harmless one with a hostile name."""


def plant(folder: Path, text: str) -> Planted:
    """Put a text wherever somebody's files can: fields, keys, names of files and folders, settings, what was left."""
    own = uuid4()
    in_name = "".join(character for character in text if character not in "/\0")[:40]
    below = folder / f"{in_name}[b]"
    (below / "frameworks").mkdir(parents=True)
    file = below / "hostile.toml"
    content = full_of(text, own)
    file.write_text(content, encoding="utf-8")
    copy = below / "hostile (conflicted copy).toml"
    copy.write_text(full_of(text, own, "2 "), encoding="utf-8")
    named = building.written(below / f"{in_name}.toml", building.filled())
    broken = content.replace("\narea =", f'\n"{escaped(text[:300])}" =')
    (below / "keys.toml").write_text(broken, encoding="utf-8")
    framework = framework_in(content)
    (below / "frameworks" / "own.toml").write_text(framework, encoding="utf-8")
    framework = framework.replace("\nref =", f'\n"{escaped(text[:300])}" =', 1)
    (below / "frameworks" / f"{in_name}.toml").write_text(framework, encoding="utf-8")
    left = building.recovery_path(file, "dead")
    left.parent.mkdir(parents=True)
    left.write_text(full_of(text, own, "3 "), encoding="utf-8")
    known = f'organisation = "{escaped(short(text))}"\nrole = "{escaped(short(text))}"\n'
    paths.settings_file().parent.mkdir(parents=True)
    paths.settings_file().write_text(
        f'{known}name = "{escaped(short(text))}"\n[keys]\n"{escaped(text[:100])}" = "f7"\n', encoding="utf-8"
    )
    known = f'partnership = "{escaped(short(text))}"\narea = "{escaped(short(text))}"\n'
    paths.remembered_file().write_text(known, encoding="utf-8")
    return Planted(below, file, named)


LEAVE = ("Escape",)

LIBRARY: tuple[Step, ...] = (
    ((), "Perspective"),
    (("Down", "Down", "Up"), "Workbook"),
    (("F1",), "every assessment in this folder"),
    (LEAVE, ""),
    (("C-p",), "Search for commands"),
    (LEAVE, ""),
    (("Home", "m"), "Decide later"),
    (("PageDown", "PageDown"), "Keep these"),
    (LEAVE, ""),
    (("n",), "New assessment"),
    (("Tab",) * 9, "Framework"),
    (LEAVE, ""),
    (("t",), "Search"),
    (("f", "f", "f", "f", "f"), "a decision is wanted"),
    (("Enter",), "What will be done"),
    (LEAVE, ""),
    (LEAVE, "Search"),
    (("End", "Enter"), "Mend it in a text editor"),
    (LEAVE, ""),
)
"""Through the library, and what opens from it. Words that are empty: those before are gone."""

WALK: tuple[Step, ...] = (
    ((), "The last session ended"),
    (("PageDown", "C-s"), ""),
    (("j", "j", "j", "k", "i"), "Next unrated"),
    (("e",), " Back "),
    (("C-o", "C-o"), " Back "),
    (LEAVE, ""),
    (("s",), "Source of evidence"),
    (LEAVE, ""),
    (("n",), "New action for"),
    (LEAVE, ""),
    (("d",), "Details of this assessment"),
    (LEAVE, ""),
    (("w",), "Export the action tracker"),
    (("C-s",), "The workbook is in"),
    (("w",), "Export the action tracker"),
    (("C-s",), "exists already"),
    (LEAVE, ""),
    (("m",), "Go there"),
    (("End", "Home", "s"), "submi"),
    (LEAVE, "Go there"),
    (("Escape",), ""),
    (("t",), "Search"),
    (("Enter",), "What will be done"),
    (("x", "Escape"), "Leave this form"),
    (("Right", "Enter"), ""),
    (LEAVE, "Next unrated"),
    (("C-p",), "Search for commands"),
    (tuple("Save a copy".replace(" ", "")), "Save what is here under another name"),
    (("Enter",), "you go on in the copy"),
    (LEAVE, ""),
)
"""Through one assessment, from what the last session left."""

QUICKLY: tuple[Step, ...] = (
    ((), "Perspective"),
    (("n",), "New assessment"),
    (LEAVE, ""),
    (("t",), "Search"),
    (LEAVE, ""),
    (("End", "Enter"), "Mend it in a text editor"),
    (LEAVE, ""),
    (("Home", "Down", "Enter"), "The last session ended"),
    (("C-s",), ""),
    (("e",), " Back "),
    (LEAVE, ""),
    (("s",), "Source of evidence"),
    (LEAVE, ""),
    (("w",), "Export the action tracker"),
    (LEAVE, ""),
    (("m",), "Go there"),
    (LEAVE, ""),
    (("t",), "Search"),
    (("Enter",), "What will be done"),
    (("x", "Escape"), "Leave this form"),
)
"""A little of both; it ends in a form, and in a question."""


def visit(terminal: Tmux, steps: Sequence[Step]) -> None:
    """Go from screen to screen; the terminal was told nothing on any of them."""
    there = ""
    for keys, words in steps:
        terminal.until(words or there, gone=not words, keys=keys)
        there = words or there
        assert terminal.told() == [], (keys, words)


def leave(terminal: Tmux) -> None:
    """Quit: the program has come through all of it, and says so."""
    terminal.send("C-q")
    assert terminal.end() == 0
    assert terminal.told() == []
    assert not list(paths.state_folder().glob("crash*"))


def opened(folder: Path, path: Path) -> Tmux:
    """The program on a file or a folder."""
    return Tmux(folder, [sys.executable, "-m", "scrutiny", path])


def test_the_terminal_would_obey(tmp_path: Path) -> None:
    """The terminal of these tests does what it is told: whatever it is told shows in at least one way each."""
    (tmp_path / "told").write_text("".join(PAYLOADS.values()).replace("\x1bc", ""), encoding="utf-8")
    with Tmux(tmp_path, ["sh", "-c", 'cat "$0"; read -r _', tmp_path / "told"]) as terminal:
        terminal.until("ownedowned")
        told = "\n".join(terminal.told())
    for kind in ("a title: ", "a name: ", "a bell", "a clipboard", "a control string: ", "a control character: "):
        assert kind in told
    for sent in (r"]0;owned\x07", r"\xc2\x9d0;owned", r"Ptmux;", r"]52;c;", r"]8;;https", r"\xc2\x9b", r"\xe2\x80\xae"):
        assert sent in told


def test_no_screen_tells_the_terminal_anything(tmp_path: Path) -> None:
    """With hostile text in every field, name and key, a visit to every screen leaves the terminal as it was."""
    planted = plant(tmp_path, AT_ONCE)
    with opened(tmp_path, planted.folder) as terminal:
        visit(terminal, QUICKLY)
        visit(terminal, (((), "Leave this form"), (("Right", "Enter"), "")))
        leave(terminal)
        assert "[@click=app.quit]x[/]" in "".join(terminal.seen)


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_tells_the_terminal_anything(tmp_path: Path, payload: str) -> None:
    """The same for each kind of hostile text, first in the library and then in the walk."""
    planted = plant(tmp_path, PAYLOADS[payload])
    with opened(tmp_path, planted.folder) as terminal:
        visit(terminal, LIBRARY)
        leave(terminal)
    with opened(tmp_path, planted.file) as terminal:
        visit(terminal, WALK)
        leave(terminal)


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_file_s_name_tells_the_terminal_nothing(tmp_path: Path, payload: str) -> None:
    """Wherever the name of a file is said, in the walk and in forms, it is only text."""
    planted = plant(tmp_path, PAYLOADS[payload])
    with opened(tmp_path, planted.named) as terminal:
        visit(terminal, ((((), "Next unrated")), (("w",), "Export the action tracker"), (LEAVE, ""), *WALK[-4:]))
        leave(terminal)


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_another_writer_tells_the_terminal_nothing(tmp_path: Path, payload: str) -> None:
    """Where somebody else's save contests a note, both versions are only text, before and after one is chosen."""
    planted = plant(tmp_path, PAYLOADS[payload])
    next(paths.recovery_folder().iterdir()).unlink()
    before = assessments.load(planted.file)
    theirs = edits.write_evidence(before.assessment, "plan", "THEIRS")
    with opened(tmp_path, planted.file) as terminal:
        visit(terminal, (((), "Next unrated"), (("Home", "e"), " Back ")))
        terminal.write("mine")
        while assessments.file_digest(planted.file) == before.digest:
            time.sleep(0.05)
        content = codec.encode_after(before.line, theirs).text
        planted.file.write_text(content.replace("THEIRS", escaped(PAYLOADS[payload])), encoding="utf-8")
        visit(terminal, (((), "changed what you changed"), (("C-s",), "")))
        leave(terminal)


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_settings_that_cannot_be_used_tell_the_terminal_nothing(tmp_path: Path, payload: str) -> None:
    """What is wrong with the settings is said at the start, and repeats a hostile key as text."""
    planted = plant(tmp_path, PAYLOADS[payload])
    paths.settings_file().write_text(f'"{escaped(PAYLOADS[payload])}" = 1\n', encoding="utf-8")
    with opened(tmp_path, planted.folder) as terminal:
        visit(terminal, (((), " Close "), (LEAVE, "")))
        leave(terminal)
