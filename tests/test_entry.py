"""Where the program begins, and how it is called again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from freqgen.commands.context import called_as

ROOT = Path(__file__).resolve().parent.parent
PATH = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))}


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **PATH},
    )


def test_an_interruption_while_modules_are_imported() -> None:
    """It comes at the worst moment: in the middle of importing the command line."""
    code = (
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'freqgen.commands.options':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        # A shell starts what runs in its background with the signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from freqgen.entry import run\n"
        "run()\n"
    )
    done = python(code)
    assert done.returncode == 130
    assert done.stderr == "freqgen: interrupted; nothing is half-written\n"


def test_whoever_is_asked_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """As a CI system does: in the middle of writing a file, which it takes for Ctrl-C."""
    file = tmp_path / "S.py"
    file.write_text("before")
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from freqgen import entry, main\n"
        "from freqgen.store.atomic import write_whole\n"
        "def verb(argv):\n"
        "    end = lambda _: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"    write_whole(Path({str(file)!r}), b'after', ready=end)\n"
        "main.main = verb\n"
        "entry.run()\n"
    )
    done = python(code)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)
    assert [one.name for one in tmp_path.iterdir()] == ["S.py"]
    assert file.read_text() == "before"


def test_whoever_ignores_interruptions_goes_on_doing_so() -> None:
    """As ``nohup`` and background jobs of shells do."""
    code = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "import sys, atexit\n"
        "sys.argv = ['freqgen', '--version']\n"
        "atexit.register(lambda: print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN))\n"
        "from freqgen.entry import run\n"
        "run()\n"
    )
    done = python(code)
    assert done.stdout.splitlines()[-1] == "True"
    assert signal.getsignal(signal.SIGINT) is not None


class TestCallingAgain:
    @pytest.fixture
    def program(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        file = tmp_path / ".venv" / "bin" / "freqgen"
        file.parent.mkdir(parents=True)
        file.touch(mode=0o755)
        monkeypatch.setattr("sys.argv", [str(file)])
        monkeypatch.setenv("PATH", "/nowhere")
        return file

    def test_by_its_name_where_that_is_found(
        self, program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(program.parent))
        assert called_as("freqgen") == "freqgen"

    def test_by_its_path_elsewhere(self, program: Path) -> None:
        assert called_as("freqgen") == ".venv/bin/freqgen"

    def test_within_freqtrade(self, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = program.with_name("freqtrade")
        other.touch(mode=0o755)
        monkeypatch.setattr("sys.argv", [str(other)])
        assert called_as("freqtrade gen") == ".venv/bin/freqtrade gen"

    def test_as_a_module(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.argv", [str(ROOT / "freqgen" / "__main__.py")])
        assert called_as("freqgen") == f"{Path(sys.executable).name} -m freqgen"

    def test_from_a_program_of_another_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.argv", ["pytest"])
        assert called_as("freqtrade gen") == "freqtrade gen"
