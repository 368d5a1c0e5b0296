"""Other people's programs from PyPI, each in a virtual environment of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.programs import Bench, Program


@dataclass(frozen=True)
class Peer:
    """A program to be measured against."""

    name: str
    requirements: tuple[str, ...]
    arguments: tuple[str, ...]
    shows: tuple[str, ...]


POSTING = Peer("posting", ("posting", "tree-sitter<0.26"), (), ("Collection is empty.",))  # 0.26 crashes it
HARLEQUIN = Peer("harlequin", ("harlequin",), ("--locale", "C"), ("Data Catalog", "Query Results"))


def installed(bench: Bench, folder: Path, peer: Peer) -> Program | str:
    """A peer's program, installed below a folder unless it is there already; else the reason why it cannot be."""
    place = folder / peer.name
    executable = place / "bin" / peer.name
    if not executable.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *peer.requirements]
            subprocess.run(pip, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            words = str(getattr(error, "stderr", "") or error).strip().splitlines()
            return f"{peer.name} cannot be installed: {words[-1] if words else error}"
    return bench.peer(peer.name, (str(executable), *peer.arguments), peer.shows)
