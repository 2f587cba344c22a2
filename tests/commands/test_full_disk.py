"""A disk that is really full: a small file system in a mount namespace of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import BRIEF


@pytest.mark.parametrize("size", ["4k", "100k"], ids=["at the first prompt", "in between"])
def test_a_full_disk_is_said_in_a_sentence(size: str, market: Path, tmp_path: Path) -> None:
    """Exit 2 with what to do, and no strategy; a cache that finds no room stops nothing."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size={size} none {shlex.quote(str(disk))}"
    command = [sys.executable, "-m", "freqgen", "generate", BRIEF, "-p", "BTC/USDT"]
    command += ["-d", str(market), "--userdir", str(disk / "u")]
    after = f"find {shlex.quote(str(disk))} -name '*.py'"
    script = f"{mount} || exit 77; {shlex.join(command)}; echo code $?; {after}"
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this system does not let a test mount a file system: {done.stderr}")
    assert "code 2" in done.stdout.splitlines(), done.stderr
    assert "Traceback" not in done.stderr
    message, hint = done.stderr.splitlines()[-2:]
    assert message.startswith("freqgen: error: "), done.stderr
    assert "No space left" in message or "disk is full" in message
    assert "free s" in hint or "--userdir" in hint or "see to the disk" in hint
    assert ".py" not in done.stdout
