"""Where results may be written, and what may be written to a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import BRIEF, Run

ROOT = Path(__file__).resolve().parents[2]


class TestOutput:
    @pytest.mark.parametrize(
        ("file", "message", "hint"),
        [
            (".", '"." is a folder', "-o design.json"),
            ("", "-o names no file", "-o design.json"),
            ("no/such/d.json", 'no folder "no/such"', "another file after -o"),
            ("/dev/null", "is no regular file", "leave -o out"),
            ("u/strategies/d.json", "where Freqtrade looks", "another file after -o"),
            ("u/strategies/../strategies/d.json", "where Freqtrade looks", "after -o"),
        ],
    )
    def test_is_refused_before_any_work(
        self, run: Run, tmp_path: Path, file: str, message: str, hint: str
    ) -> None:
        (tmp_path / "u" / "strategies").mkdir(parents=True)
        done = run("design", BRIEF, "-o", file, "--force", "--userdir", "u")
        assert done.code == 2
        assert message in done.err
        assert hint in done.err
        assert "--userdir" not in done.err
        assert "Designing" not in done.err

    def test_replaces_nothing_unless_it_is_told_to(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "d.json"
        file.write_text("mine")
        done = run("design", BRIEF, "-o", file, "--userdir", "u")
        assert done.code == 2
        assert "there already" in done.err
        assert "--force" in done.err
        assert file.read_text() == "mine"
        assert run("design", BRIEF, "-o", file, "--force", "--userdir", "u").code == 0
        assert file.read_text() != "mine"
        same = run("design", BRIEF, "-o", file, "--userdir", "u")
        assert same.code == 0, "the same content is there already, and stays"


class TestNamesOfFiles:
    @pytest.mark.parametrize(
        "name", ["a[/x].py", "[bold]b.py", "e\x1b]0;HACK\x07.py", "\u202egnp.py", "c:smile:.py"]
    )
    def test_are_data(self, run: Run, userdir: Path, name: str) -> None:
        good = next((userdir / "strategies").glob("*.py"))
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(good.read_text())
        done = run("validate", "--static", name, "--userdir", userdir)
        assert done.code == 0, done.err
        assert (f" in {name}\n" in done.out) is name.isprintable()
        assert not {"\x1b", "\x07", "\u202e"} & set(done.out + done.err)
        missing = run("validate", f"no{name}", "--userdir", userdir)
        assert missing.code == 2
        assert not {"\x1b", "\x07", "\u202e"} & set(missing.out + missing.err)

    @pytest.mark.parametrize("what", ["pipe", "device"])
    def test_of_what_is_no_file_are_refused(self, run: Run, tmp_path: Path, what: str) -> None:
        """Reading a pipe would wait for a writer that may never come."""
        file = Path("odd.py")
        os.mkfifo(file) if what == "pipe" else file.symlink_to("/dev/zero")
        done = run("validate", file, "--userdir", tmp_path / "u")
        assert done.code == 2
        assert "no regular file" in done.err


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``freqgen`` as a shell would, in a process of its own."""
    path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
    line = line.replace("freqgen", f"{sys.executable} -m freqgen", 1)
    return subprocess.run(
        ["sh", "-c", line], text=True, capture_output=True, cwd=folder, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


class TestStreams:
    @pytest.mark.parametrize(
        ("line", "code", "out", "err"),
        [
            ("freqgen list >&-", 0, "", "no configuration file"),
            ("freqgen list-plugins 2>&-", 0, "offline", ""),
            ("freqgen design - <&-", 2, "", "no standard input"),
            ("freqgen list -c - <&-", 2, "", "no standard input"),
            ("freqgen list >/dev/full", 2, "", "standard output cannot be written"),
            ("freqgen list --json >/dev/full", 2, "", "send the output to another place"),
            ("freqgen show X --json >/dev/full", 2, "", "nothing is stored yet"),
            ("freqgen nope 2>/dev/full", 2, "", ""),
        ],
    )
    def test_that_are_closed_or_full_are_no_bugs(
        self, tmp_path: Path, line: str, code: int, out: str, err: str
    ) -> None:
        done = shell(line, tmp_path)
        assert done.returncode == code, done.stderr
        assert out in done.stdout
        assert err in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
        assert "--userdir" not in done.stderr
