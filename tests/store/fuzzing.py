"""A fuzzer in a process of its own: ``python -m tests.store.fuzzing TARGET FOLDER [-max_total_time=60 ...]``.

The folder holds what the fuzzer begins with, and takes what it finds; an empty one gets whole files to begin with. What
is left of the command line is libFuzzer's.
"""

import importlib
import os
import sys
import tempfile
from pathlib import Path


def main(name: str, corpus: Path, options: list[str]) -> None:
    """Feed a target with bytes until the time is over, or until it fails."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["scrutiny"]):
        targets = importlib.import_module("tests.store.fuzz_targets")
    target = targets.TARGETS[name]
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for number, seed in enumerate(targets.seeds(name)):
            (corpus / f"seed-{number}").write_bytes(seed)
    with tempfile.TemporaryDirectory(prefix="scrutiny-fuzzing-") as folder:
        for variable in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ[variable] = folder
        atheris.Setup(
            [sys.argv[0], *options, str(corpus)], lambda made: target(made, Path(folder)), internal_libfuzzer=True
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
