"""The command line called as a function, and started as a program."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from scrutiny.cli import values
from scrutiny.cli.main import run
from tests import building


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Scrutiny = Callable[..., Outcome]
"""Runs a command line, given word by word."""


@pytest.fixture
def scrutiny(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Scrutiny:
    """The command line in this process, on the day of the sample assessments."""

    def on_the_day() -> date:
        return building.TODAY

    def later() -> datetime:
        return building.NOW.replace(hour=15)

    monkeypatch.setattr(values, "today", on_the_day)
    monkeypatch.setattr(values, "now", later)

    def call(*words: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return call


Program = Callable[..., "subprocess.CompletedProcess[bytes]"]
"""Starts the program with some words, and options of subprocess.run."""


@pytest.fixture
def program(home: Path) -> Program:
    """The command line as a program of its own, with the test's home."""

    def start(*words: str | Path, **options: Any) -> "subprocess.CompletedProcess[bytes]":
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
        options.setdefault("stdin", subprocess.DEVNULL)
        if "stdout" not in options:
            options["capture_output"] = True
        return subprocess.run(
            [sys.executable, "-m", "scrutiny", *(os.fspath(word) for word in words)],
            env=environment,
            cwd=home,
            check=False,
            timeout=60,
            **options,
        )

    return start
