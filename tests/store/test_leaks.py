"""What people wrote stays in their files: a canary in every field, looked for wherever else text might come out."""

import io
import json
import logging
import shutil
import socket
import subprocess
import sys
import traceback
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scrutiny import paths
from scrutiny.cli.main import run
from scrutiny.errors import ScrutinyError
from scrutiny.exchange.workbook import workbook_bytes
from scrutiny.store import assessments, codec
from scrutiny.tui import crash
from scrutiny.workspace.session import Session
from tests import building
from tests.planting import CANARY, canaries

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The canaries in a file."""
    return building.written(tmp_path / "work" / "northshire.toml", canaries())


BREAKS = [
    (f'evidence = "{CANARY}"', f"evidence = [{CANARY}]"),
    (f'evidence = "{CANARY}"', f'evidnce = "{CANARY}"'),
    (f'evidence = "{CANARY}"', f'evidence = "{CANARY}'),
    (f'evidence = "{CANARY}"', f'evidence = ["{CANARY}"]'),
    (f'area = "{CANARY}"', f'area = {{ x = "{CANARY}" }}'),
    ('rating = "amber"', f'rating = "{CANARY}"'),
    ("due = 2027-03-31", f'due = "{CANARY}"'),
    ('kind = "audit"', f'kind = "{CANARY}"'),
    ('id = "K7Q2M"', f'id = "{CANARY}"'),
    ("as_at = 2026-11-01", f'as_at = "{CANARY}"'),
    ('cycle = "2026-27"', f'cycle = "{CANARY}"'),
    (f'evidence = "{CANARY}"', f'evidence = "{CANARY * 12_000}"'),
    ("[end]", f"# {CANARY}\n[end]\nx = '{CANARY}'"),
]


@pytest.mark.parametrize(("old", "new"), BREAKS)
def test_no_error_holds_what_people_wrote(
    path: Path, old: str, new: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """However a file is broken, neither the error nor the command line nor a log repeats a word of it."""
    caplog.set_level(logging.DEBUG)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScrutinyError) as caught:
        assessments.load(path)
    problem = caught.value
    assert CANARY not in problem.title + problem.detail + problem.hint
    assert CANARY not in crash.describe(problem)
    for command in (["show"], ["check"], ["export"], ["rate"]):
        rest = ["1.1", "red"] if command == ["rate"] else []
        assert run([*command, str(path), *rest]) == 3
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err + caplog.text


def test_a_crash_report_holds_what_happened_and_nothing_else(path: Path) -> None:
    """A fault whose message, cause and local variables are notes is reported by its place alone."""

    def fail(note: str) -> None:
        try:
            int(note)
        except ValueError as error:
            raise RuntimeError(f"could not handle {note}") from error

    with pytest.raises(RuntimeError) as caught:
        fail(assessments.load(path).assessment.answer("plan").evidence)
    assert CANARY in "".join(traceback.format_exception(caught.value))
    report = crash.keep_report(caught.value)
    assert report is not None
    assert "RuntimeError" in report.read_text(encoding="utf-8")
    assert CANARY not in report.read_text(encoding="utf-8")


def test_the_properties_of_a_workbook_tell_nothing(path: Path) -> None:
    """A workbook's own properties, which few people know of, hold none of its text, and its names neither."""
    book = workbook_bytes(assessments.load(path).assessment, building.TODAY)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    shown = {name for name, content in texts.items() if CANARY.encode() in content}
    assert shown
    assert not [name for name in shown if name.startswith("docProps/") or name == "xl/workbook.xml"]
    assert not [name for name in texts if CANARY in name]


def test_only_the_file_and_its_backup_hold_text(path: Path, home: Path, tmp_path: Path) -> None:
    """After a session nothing else on this computer holds a word of it, and what does is its owner's alone."""
    session = Session(assessments.load(path))
    session.edit(lambda now: now.model_copy(update={"cycle": "2027-28"}), "the cycle")
    assert session.close(20)
    holding = [one for folder in (home, tmp_path) for one in folder.rglob("*") if _holds(one)]
    assert {one.parent for one in holding} == {path.parent, paths.backups_folder()}
    assert all(one.stat().st_mode & 0o077 == 0 for one in holding)
    assert not [one for folder in (home, tmp_path) for one in folder.rglob("*") if CANARY in one.name]


def _holds(path: Path) -> bool:
    return path.is_file() and CANARY.encode() in path.read_bytes()


def commands(path: Path) -> list[list[str]]:
    """A command of every kind."""
    name, output = str(path), str(path.with_suffix(".xlsx"))
    details = ["--partnership", "P", "--area", "A", "--cycle", "2026-27", "--perspective", "peer-review"]
    return [
        ["check", name],
        ["rate", name, "1.1", "red"],
        ["export", name, "-o", output, "--replace"],
        ["show", name],
        ["list", str(path.parent)],
        ["action", "add", name, "1.1", "--text", "One more."],
        ["new", str(path.with_name("new.toml")), *details, "--organisation", "O"],
        ["merge", name, name, name, "-o", name],
        ["frameworks", "list"],
        ["frameworks", "show", "multi-agency-scrutiny"],
        ["frameworks", "check", str(ROOT / "frameworks" / "multi-agency-scrutiny.toml")],
        ["locate"],
    ]


def wrong_commands(path: Path) -> list[list[str]]:
    """Commands that come with a person's text and fail for something else."""
    name, there_is = str(path), ["--partnership", CANARY, "--area", CANARY, "--organisation", CANARY, "--role", CANARY]
    texts = ["--text", CANARY, "--owner", CANARY, "--agency", CANARY, "--outcome", CANARY, "--decision", CANARY]
    perspective = ["--perspective", "self-assessment"]
    return [
        ["rate", name, "1.1", "purple", "--evidence", CANARY],
        ["rate", name, "8.8", "red", "--evidence", CANARY],
        ["rate", name, "1.1", "red", "--evidence", CANARY, "--evidnce", "x"],
        ["rate", name, "1.1", "red", "--reason", CANARY, "too", "many"],
        ["rate", name, "1.1", "not-applicable", "--reason", CANARY * 12_000],
        ["action", "add", name, "1.1", *texts, "--due", "31 February 2027"],
        ["action", "add", name, "8.8", *texts],
        ["action", "add", name, "1.1", *texts, "--kind", "none"],
        ["action", "add", name, "1.1", *texts, "--priority", "none"],
        ["action", "add", name, "1.1", "--text", CANARY * 12_000],
        ["action", "add", name, "1.1", "--text", "x", "--owner", CANARY * 100],
        ["new", name, *there_is, "--cycle", "2026-27", *perspective],
        ["new", str(path.with_name("b.toml")), *there_is, "--cycle", "2026-31", *perspective],
        ["new", str(path.with_name("b.toml")), *there_is, "--cycle", "2026", "--perspective", "none"],
        ["new", str(path.with_name("b.toml")), *there_is, "--cycle", "2026", *perspective, "--framework", "none"],
        ["new", str(path.with_name("b.toml")), *there_is, "--cycle", "2026", *perspective, "--as-at", "never"],
        ["new", str(path.with_name("b.toml")), *there_is, "--cycle", "2026", *perspective, "--name", CANARY * 100],
        ["export", name, "-o", str(path.parent / "nowhere" / "a.xlsx")],
        ["export", name, "-o", name],
        ["merge", name, name, str(path.with_name("nowhere.toml")), "-o", name],
        ["merge", name, name, str(ROOT / "assessments" / "northshire-2026-27-self-assessment.toml"), "-o", name],
        ["frameworks", "check", name],
        ["frameworks", "show", name],
        ["show", name, "--jsn"],
        ["check", str(path.parent)],
    ]


def test_no_command_that_fails_repeats_what_people_wrote(
    path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What is wrong is said without the texts beside it, those of the file and those on the command line."""
    caplog.set_level(logging.DEBUG)
    before = path.read_bytes()
    for command in wrong_commands(path):
        code = run(command)
        said = capsys.readouterr()
        assert code in (2, 3), (command[:3], code, said.err)
        assert CANARY not in said.out + said.err + caplog.text, command[:3]
        assert path.read_bytes() == before


def test_nothing_is_sent_anywhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command connects to anything, or so much as looks up a name."""

    def refuse(*arguments: Any, **_options: Any) -> None:
        raise AssertionError(arguments)

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse, raising=False)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    for command in commands(path):
        assert run(command) in (0, 1)


NETWORK = "trace=connect,socket,sendto,sendmsg,bind"
"""What a program has to ask of the system before it can send anything anywhere."""

ALL_OF_THEM = """
import json, sys
from scrutiny.cli.main import run
sys.exit(any(run(command) not in (0, 1) for command in json.loads(sys.argv[1])))
"""


def test_the_system_sees_no_connection(path: Path, tmp_path: Path) -> None:
    """The same as the system sees it: no socket of any kind that leads out of this computer."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not installed, or not permitted")
    log = tmp_path / "calls.txt"
    watch = [strace, "-f", "--seccomp-bpf", "-o", str(log), "-e", NETWORK, "-e", "inject=connect,bind:error=EACCES"]
    carry_out = [sys.executable, "-c", ALL_OF_THEM, json.dumps(commands(path))]
    ended = subprocess.run([*watch, *carry_out], cwd=ROOT, check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert "AF_INET" not in log.read_text()
    assert "connect(" not in log.read_text()


def test_a_canary_is_in_every_field() -> None:
    """No field that a person fills in was forgotten above."""
    text = codec.encode(canaries())
    for key in ("partnership", "area", "organisation", "role", "name", "evidence", "reason", "title", "location"):
        assert f'{key} = "{CANARY}"' in text
    for key in ("text", "agency", "owner", "outcome", "impact", "decision", "closed_by", "rating_label"):
        assert f'{key} = "{CANARY}"' in text
