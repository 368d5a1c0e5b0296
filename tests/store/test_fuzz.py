"""What a fuzzer makes of our files is read or refused in a sentence; states of one file come together by the laws."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store import fuzz_targets

ROOT = Path(__file__).parent.parent.parent

SECONDS = 60

MEGABYTES = 300


@pytest.mark.parametrize("name", fuzz_targets.TARGETS)
def test_what_the_fuzzer_begins_with_is_taken(tmp_path: Path, name: str) -> None:
    """Without a fuzzer: each target on what it begins with, and on a few changes of it."""
    chance = random.Random(name)  # noqa: S311 - the same changes in every run
    for seed in fuzz_targets.seeds(name):
        fuzz_targets.TARGETS[name](seed, tmp_path)
        changed = bytearray(seed)
        for _ in range(3):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        fuzz_targets.TARGETS[name](bytes(changed), tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="libFuzzer is not there for this system")
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: extra fuzz")
@pytest.mark.parametrize("name", fuzz_targets.TARGETS)
def test_a_minute_of_fuzzing_finds_nothing(tmp_path: Path, name: str) -> None:
    """A minute of a fuzzer that sees which lines run: within two seconds and 300 MB each, and nothing but sentences."""
    limits = [f"-max_total_time={SECONDS}", "-timeout=2", f"-rss_limit_mb={MEGABYTES}", "-max_len=20000"]
    run = [sys.executable, "-m", "tests.store.fuzzing", name, str(tmp_path / "corpus"), *limits]
    ended = subprocess.run(
        [*run, f"-artifact_prefix={tmp_path}/"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "Done " in ended.stderr
