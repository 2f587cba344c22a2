"""mypy runs in a process of its own: what it may cost, what it reads, and what it leaves."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from freqgen import Catalogue, Draft, Finding, ValidationContext
from freqgen_types import TypeValidator, checking, child, stubs, worker
from freqgen_types.checking import Checker
from freqgen_types.child import CheckLimit, Child, Ended

WRONG = "import math\n\nmath.nothing\n"


pytestmark = pytest.mark.xdist_group("types")  # one cache for all


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for caches of this module's own, with a copy of the one that all tests share."""
    shared = Path(os.environ["FREQGEN_CACHE_DIR"])
    context = ValidationContext(catalogue=Catalogue(()), cache_dir=shared)
    validator = TypeValidator()
    try:
        assert list(validator.check(Draft(class_name="S", source="x = 1\n"), None, context)) == []
    finally:
        validator.close()
    folder = tmp_path_factory.mktemp("cache")
    shutil.copytree(shared / "mypy", folder / "mypy")
    return folder


@pytest.fixture(scope="module")
def cache(filled: Path) -> Path:
    """The folder that a checker is given."""
    return filled / "mypy"


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    checker = Checker()
    yield checker
    checker.close()


def codes(checker: Checker, source: str, cache: Path) -> list[str]:
    return [m.code for m in checker.check(source, cache)]


@pytest.mark.parametrize(
    "first",
    ["-x\n", "@/etc/hostname\n", "--version = 1\n", "=\n", "'\\0'\n", "π = 1\n"],
)
def test_a_text_is_never_taken_for_an_option_or_a_file(
    first: str, checker: Checker, cache: Path
) -> None:
    (found,) = [m for m in checker.check(WRONG + first, cache) if m.code != "syntax"][:1] or [None]
    assert found is None or found.code in {"attr-defined", "name-defined"}
    assert checker.check(first + WRONG, cache) != []


@pytest.mark.parametrize("name", ["types.py", "typing_extensions.py", "math.py", "mypy.ini"])
def test_files_of_the_current_folder_decide_nothing(
    name: str, checker: Checker, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("[mypy]\nignore_errors = True\n" if name == "mypy.ini" else "((")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MYPYPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "sub"]))
    fresh = Checker()
    try:
        assert codes(fresh, WRONG, cache) == ["attr-defined"]
    finally:
        fresh.close()


def test_absolute_entries_of_the_path_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([".", "/opt/x", "", "plugins"]))
    monkeypatch.setenv("MYPYPATH", "/opt/y")
    environment = child._environment()
    assert environment["PYTHONPATH"] == "/opt/x"
    assert "MYPYPATH" not in environment


@pytest.mark.parametrize(
    ("constant", "what"),
    [("9 ** 9 ** 8", "time"), ("1 << 99999999999", "memory")],
)
def test_a_check_that_costs_too_much_is_a_finding_and_ends_no_other(
    constant: str, what: str, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 2)
    context = ValidationContext(catalogue=Catalogue(()), cache_dir=filled)
    validator = TypeValidator()

    def run(source: str) -> list[Finding]:
        return list(validator.check(Draft(class_name="S", source=source), None, context))

    try:
        assert run("x = 1\n") == []
        process = validator._shared()._child
        (found,) = run(f"from typing import Final\n\nX: Final = {constant}\n")
        assert (found.code, found.severity) == ("FG708", "error")
        assert f"more {what}" in found.message
        assert run("x = 1\n") == []
        assert validator._shared()._child is process
    finally:
        validator.close()


def test_a_check_leaves_nothing_behind_for_the_next(checker: Checker, cache: Path) -> None:
    assert codes(checker, "import math\n\n\nmath.pi: str = 'x'\nx = math.pi + 1\n", cache) != []
    assert codes(checker, "import math\n\nx = math.pi + 1\n", cache) == []


def test_threads_are_answered_each_with_their_own(checker: Checker, cache: Path) -> None:
    sources = [f"import math\n\nmath.nothing_{n}\n" for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(lambda source: checker.check(source, cache), sources))
    assert [f"nothing_{n}" in one[0].text for n, one in enumerate(told)] == [True] * 12


def test_modules_that_were_not_read_before_are_read(checker: Checker, cache: Path) -> None:
    source = "import wave\nimport xml.dom.minidom as m\n\nwave.nothing\nm.Document().nothing\n"
    assert codes(checker, source, cache) == ["attr-defined", "attr-defined"]


def test_a_mypy_with_other_inner_parts_says_the_same_slowly(checker: Checker, cache: Path) -> None:
    source = WRONG + "import numpy as np\n\nnp.nothing\nx: int = 'a'\n"
    slow = Child(cache / checking._versions() / "cache", {}, "import (\n", 60)
    try:
        assert not slow.quick
        assert list(checking._messages(slow.ask(source, 60))) == checker.check(source, cache)
        (syntax,) = checking._messages(slow.ask("x = (\n", 60))
        assert syntax == checker.check("x = (\n", cache)[0]
    finally:
        slow.stop()


# -- processes that do what mypy's does when something goes wrong -----------------------------

READY = "import json, os, sys\nsys.stdin.readline()\nprint('{\"ready\": true}', flush=True)\n"
ASKED = "asked = json.loads(sys.stdin.readline())\n"


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is run in the place of the worker."""
    (tmp_path / "nowhere").mkdir()
    monkeypatch.setattr(child, "_FOLDER", tmp_path)
    monkeypatch.setattr(checking, "_start", lambda folder: Child(folder, {}, "", 60))
    return tmp_path / "worker.py"


def test_a_process_that_never_answers_is_ended(
    scripted: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scripted.write_text(READY + "sys.stdin.read()\n")
    own = Child(tmp_path, {}, "", 60)
    monkeypatch.setattr(child, "_GRACE", 0)
    with pytest.raises(CheckLimit, match="time"):
        own.ask("x = 1\n", 0)
    assert own._process.returncode is not None


def test_a_process_that_ends_at_once_says_with_which_status(scripted: Path, tmp_path: Path) -> None:
    scripted.write_text("exit(3)\n")
    with pytest.raises(RuntimeError, match="status 3"):
        Child(tmp_path, {}, "", 60)


def test_a_process_that_was_ended_is_started_again_once(scripted: Path, tmp_path: Path) -> None:
    answer = "print(json.dumps({'id': asked['id'], 'messages': []}), flush=True)\n"
    first = "if not os.path.exists('../once'):\n    open('../once', 'w').close()\n    exit(1)\n"
    scripted.write_text(READY + ASKED + first + answer)
    own = Checker()
    assert own.check("x = 1\n", tmp_path) == []
    own.close()
    scripted.write_text(READY + ASKED)
    with pytest.raises(RuntimeError, match="ended twice"):
        own.check("x = 1\n", tmp_path)
    own.close()


def test_threads_that_wait_for_a_process_that_ends_are_all_told(
    scripted: Path, tmp_path: Path
) -> None:
    scripted.write_text(READY + "for _ in range(3):\n    sys.stdin.readline()\n")
    own = Child(tmp_path, {}, "", 60)

    def ask(_: int) -> str:
        with pytest.raises(Ended):
            own.ask("x = 1\n", 60)
        return "told"

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(ask, range(3))) == ["told"] * 3
    assert ask(3) == "told"
    own.stop()


def test_ctrl_c_ends_the_process(
    scripted: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scripted.write_text(READY + "sys.stdin.read()\n")
    own = Child(tmp_path, {}, "", 60)

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(child.Future, "result", interrupt)
    with pytest.raises(KeyboardInterrupt):
        own.ask("x = 1\n", 5)
    assert own._process.returncode is not None


def test_what_mypy_says_of_its_own_failure_is_told(scripted: Path, tmp_path: Path) -> None:
    answer = "print(json.dumps({'id': asked['id'], 'failed': 'OSError: no'}), flush=True)\n"
    scripted.write_text(READY + ASKED + answer)
    own = Checker()
    with pytest.raises(RuntimeError, match="mypy failed: OSError: no"):
        own.check("x = 1\n", tmp_path)
    own.close()


def test_lines_that_are_not_messages_are_left_out() -> None:
    other = '{"file": "other.py", "line": 1, "column": 0, "message": "m", "hint": null, '
    assert list(checking._messages([other + '"code": "misc", "severity": "error"}', "what"])) == []


# -- the process itself, with something else than mypy in it ----------------------------------

SERVER = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
import worker
worker.WALL = 2
class Quick:
    def check(self, source):
        exec(source)
        return ["quick"]
class Slow:
    def check(self, source):
        if "slow" in source:
            return ["slow"]
        raise ValueError("no")
worker.Server(0, os.fdopen(os.dup(1), "wb"), Quick(), Slow()).serve()
"""

ENDS = {
    "an answer": ("x = 1", {"messages": ["quick"]}),
    "other inner parts": ("raise AttributeError('slow')", {"messages": ["slow"]}),
    "mypy's exit": ("raise SystemExit(2)  # slow", {"messages": ["slow"]}),
    "a failure of both": ("raise AttributeError", {"failed": "ValueError: no"}),
    "too much memory": ("raise MemoryError", {"limit": "memory"}),
    "too large a number": ("raise OverflowError", {"limit": "memory"}),
    "too deep": ("raise RecursionError", {"limit": "depth"}),
    "killed by the system": ("os.kill(os.getpid(), 9)", {"limit": "memory"}),
    "a stack that is too small": ("os.kill(os.getpid(), 11)", {"limit": "memory"}),
    "processor time": ("while True: pass", {"limit": "time"}),
    "any time": ("time.sleep(600)", {"limit": "time"}),
    "an exit": ("os._exit(3)", {"failed": "a check ended with status 3"}),
}


def test_how_a_check_ends_says_why() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(Path(worker.__file__).parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name, (source, _) in ENDS.items():
            line = {"id": name, "source": source, "seconds": 1}
            process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.flush()
        told = [json.loads(process.stdout.readline()) for _ in ENDS]
        process.stdin.close()
        assert process.wait(20) == 0
    assert {one.pop("id"): one for one in told} == {name: said for name, (_, said) in ENDS.items()}


def test_checks_end_with_the_one_that_asks(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    source = f"os.write(os.open({str(told)!r}, os.O_WRONLY), b'begun'); time.sleep(600)"
    for way in ("closed", "killed"):
        with subprocess.Popen(
            [sys.executable, "-c", SERVER, str(Path(worker.__file__).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdin is not None
            line = {"id": 1, "source": source, "seconds": 600}
            process.stdin.write(json.dumps(line).encode() + b"\n")
            process.stdin.flush()
            with told.open("rb") as check:  # which holds the other end as long as it lives
                assert check.read(5) == b"begun"
                process.kill() if way == "killed" else process.stdin.close()
                assert check.read() == b""


def test_the_worker_ends_with_the_one_that_asks_even_while_it_reads_the_libraries() -> None:
    asked, asking = os.pipe()
    code = (
        "import sys, threading; sys.path.insert(0, sys.argv[1]); import worker\n"
        "with worker.ended_with_the_other(0):\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(Path(worker.__file__).parent)],
        stdin=asked,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        os.close(asked)
        os.close(asking)  # as the kernel does when the asker is killed
        assert process.wait(20) < 0


# -- the cache ---------------------------------------------------------------------------------


class Recorded:
    """In the place of a process: what it would be started with."""

    started: list[Path]
    broken: list[str]
    least = 4

    def __init__(self, cache: Path, own: Mapping[str, str], usual: str, seconds: int) -> None:
        assert all(Path(path).is_file() for path in own.values())
        assert len(own) >= self.least
        self.started.append(cache)
        self.quick = not self.broken
        self.broken.clear()

    def stop(self) -> None:
        return

    def ask(self, source: str, seconds: int) -> list[str]:
        return []


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The caches that processes are started with."""
    monkeypatch.setattr(Recorded, "started", [], raising=False)
    monkeypatch.setattr(Recorded, "broken", [], raising=False)
    monkeypatch.setattr(checking, "Child", Recorded)
    return Recorded.started


WITHOUT = [Path(os.devnull)]


def test_nothing_is_left_in_the_folder_for_temporary_files(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, started: list[Path]
) -> None:
    (tmp_path / "temporary").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr(checking.tempfile, "tempdir", str(tmp_path / "temporary"))
    Checker().check("x = 1\n", tmp_path / "file")
    assert started == WITHOUT
    assert list((tmp_path / "temporary").iterdir()) == []
    nowhere = Path(child.__file__).parent / "nowhere"
    assert [file.name for file in nowhere.iterdir()] == ["mypy.ini"]


def test_stubs_are_written_once(
    tmp_path: Path, started: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    correct = stubs.correct
    monkeypatch.setattr(stubs, "correct", lambda to: written.append(to) or correct(to))
    for _ in range(2):
        Checker().check("x = 1\n", tmp_path)
    assert len(written) == 1
    (stub, *_) = written[0].iterdir()
    stub.unlink()
    Checker().check("x = 1\n", tmp_path)
    assert len(written) == 2


def test_a_link_in_the_place_of_the_lock_is_not_followed(
    tmp_path: Path, started: list[Path]
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / checking._versions()
    folder.mkdir()
    (folder / "lock").symlink_to(victim)
    assert Checker().check("x = 1\n", tmp_path) == []
    assert victim.read_text() == "mine"
    assert started == WITHOUT


def test_a_lock_keeps_what_it_holds(tmp_path: Path, started: list[Path]) -> None:
    folder = tmp_path / checking._versions()
    folder.mkdir()
    (folder / "lock").write_text("mine")
    Checker().check("x = 1\n", tmp_path)
    assert (folder / "lock").read_text() == "mine"
    assert started == [folder / "cache"]


def test_a_lock_that_is_never_given_back_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Path]
) -> None:
    monkeypatch.setattr(checking, "LOCK_SECONDS", 0.0)
    folder = tmp_path / checking._versions()
    folder.mkdir()
    with (folder / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert Checker().check("x = 1\n", tmp_path) == []
    assert started == WITHOUT


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
@pytest.mark.parametrize("where", ["lock", "stubs"])
def test_a_disk_that_cannot_be_written_stops_nothing(
    number: int, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Path]
) -> None:
    really = os.open

    def refuse(path: Path, *args: int, **named: int) -> int:
        if str(path).endswith("lock"):
            raise OSError(number, os.strerror(number))
        return really(path, *args, **named)

    def full(folder: Path) -> dict[str, str]:
        raise OSError(number, os.strerror(number))

    if where == "lock":
        monkeypatch.setattr(checking.os, "open", refuse)
    else:
        monkeypatch.setattr(checking, "_stubs", full)
    assert Checker().check("x = 1\n", tmp_path) == []
    assert started == WITHOUT


def test_no_disk_at_all_leaves_the_stubs_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Path]
) -> None:
    monkeypatch.setattr(checking.tempfile, "tempdir", str(tmp_path / "none"))
    monkeypatch.setattr(Recorded, "least", 0)
    (tmp_path / "file").touch()
    assert Checker().check("x = 1\n", tmp_path / "file") == []
    assert started == WITHOUT


def test_a_file_system_without_locks_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[Path]
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert Checker().check("x = 1\n", tmp_path) == []
    assert started == WITHOUT


@pytest.mark.parametrize("marked", [False, True])
def test_a_cache_that_is_broken_or_half_is_made_anew(
    marked: bool, tmp_path: Path, started: list[Path]
) -> None:
    folder = tmp_path / checking._versions()
    (folder / "cache").mkdir(parents=True)
    (folder / "cache" / "broken").touch()
    if marked:
        (folder / "read").touch()
        Recorded.broken.append("once")
    assert Checker().check("x = 1\n", tmp_path) == []
    assert not (folder / "cache").exists()
    assert (folder / "read").is_file()
    assert started == [folder / "cache"] * (2 if marked else 1)


def test_a_full_cache_is_read_by_several_at_once(tmp_path: Path, started: list[Path]) -> None:
    folder = tmp_path / checking._versions()
    Checker().check("x = 1\n", tmp_path)
    with (folder / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        Checker().check("x = 1\n", tmp_path)
    assert started == [folder / "cache"] * 2


def test_a_check_from_a_thread_that_ends_leaves_the_process_for_the_next(
    checker: Checker, cache: Path
) -> None:
    found: list[list[str]] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: found.append(codes(checker, WRONG, cache)))
        thread.start()
        thread.join()
    assert found == [["attr-defined"]] * 2
