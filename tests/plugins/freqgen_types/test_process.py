"""mypy runs in a process of its own: what it may cost, what it reads, and what it leaves."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from freqgen import Catalogue, Draft, Finding, ValidationContext
from freqgen_types import TypeValidator, checking, child, worker
from freqgen_types.checking import Checker
from freqgen_types.child import CheckLimit, Child

WRONG = "import math\n\nmath.nothing\n"


class Scripted(Child):
    """A process that answers what it is told to, and notes what it is asked."""

    def __init__(self, *answers: tuple[str, str, int] | Exception) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[tuple[str, Path, int]] = []

    def start(self) -> None:
        return

    def ask(self, source: str, cache: Path, seconds: int) -> tuple[str, str, int]:
        self.asked.append((source, cache, seconds))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def scripted(*answers: tuple[str, str, int] | Exception) -> tuple[Checker, Scripted]:
    checker = Checker()
    process = checker._child = Scripted(*answers)
    return checker, process


GOOD = ("", "", 0)
BROKEN = ("", "INTERNAL ERROR\ndisk I/O error\n", 2)


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
def test_a_check_that_costs_too_much_is_a_finding_and_keeps_the_cache(
    constant: str, what: str, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 2)
    context = ValidationContext(catalogue=Catalogue(()), cache_dir=filled)
    validator = TypeValidator()

    def run(source: str) -> list[Finding]:
        return list(validator.check(Draft(class_name="S", source=source), None, context))

    try:
        assert run("x = 1\n") == []
        (mark,) = filled.glob("mypy/*/read")
        (found,) = run(f"from typing import Final\n\nX: Final = {constant}\n")
        assert (found.code, found.severity) == ("FG708", "error")
        assert f"more {what}" in found.message
        assert mark.exists()
        assert run("x = 1\n") == []
    finally:
        validator.close()


def test_a_process_that_never_answers_is_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "input(); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with pytest.raises(CheckLimit, match="time"):
        child._exchange(process, b"{}\n", 0.01)
    child._stop(process)
    assert process.returncode is not None


def test_a_process_that_has_ended_gives_no_answer() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.wait()
    assert child._exchange(process, b"{}\n", 10) is None
    child._stop(process)


@pytest.mark.parametrize(
    ("status", "error"), [(-24, CheckLimit), (-9, CheckLimit), (3, RuntimeError)]
)
def test_how_the_process_ended_says_why(
    status: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = Child()
    code = f"import os, sys; os.kill(os.getpid(), {-status})" if status < 0 else "exit(3)"
    own._process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process = own._process
    monkeypatch.setattr(own, "start", lambda: None)
    with pytest.raises(error):
        own.ask("x = 1\n", tmp_path, 5)
    child._stop(process)


def test_the_process_ends_with_the_one_that_asks_even_in_the_middle_of_a_check() -> None:
    asked, asking = os.pipe()
    code = (
        "import sys, threading; sys.path.insert(0, sys.argv[1]); import worker\n"
        "with worker.ended_with_the_asker(sys.stdin):\n"
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


def test_nothing_is_left_in_the_folder_for_temporary_files(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    checker = Checker()
    checker.check("x = 1\n", cache)
    assert list(tmp_path.iterdir()) == []
    checker.close()
    nowhere = Path(child.__file__).parent / "nowhere"
    assert [file.name for file in nowhere.iterdir()] == ["mypy.ini"]


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / checking._versions()
    folder.mkdir()
    (folder / "lock").symlink_to(victim)
    checker, process = scripted(GOOD)
    assert checker.check("x = 1\n", tmp_path) == []
    assert victim.read_text() == "mine"
    assert [cache for _, cache, _ in process.asked] == [Path(os.devnull)]


def test_a_lock_keeps_what_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / checking._versions()
    folder.mkdir()
    (folder / "lock").write_text("mine")
    checker, _ = scripted(GOOD, GOOD)
    checker.check("x = 1\n", tmp_path)
    assert (folder / "lock").read_text() == "mine"


def test_a_lock_that_is_never_given_back_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LOCK_SECONDS", 0.0)
    folder = tmp_path / checking._versions()
    folder.mkdir()
    with (folder / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        checker, process = scripted(GOOD)
        assert checker.check("x = 1\n", tmp_path) == []
        assert [cache for _, cache, _ in process.asked] == [Path(os.devnull)]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_disk_that_cannot_be_written_stops_nothing(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> int:
        raise OSError(number, os.strerror(number))

    checker, process = scripted(GOOD)
    monkeypatch.setattr(checking.os, "open", refuse)
    assert checker.check("x = 1\n", tmp_path) == []
    assert [cache for _, cache, _ in process.asked] == [Path(os.devnull)]


def test_a_file_system_without_locks_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    checker, process = scripted(GOOD)
    assert checker.check("x = 1\n", tmp_path) == []
    assert process.asked[0][1] == Path(os.devnull)


def test_a_broken_cache_is_forgotten(tmp_path: Path) -> None:
    checker, process = scripted(GOOD, BROKEN, GOOD)
    folder = tmp_path / checking._versions()
    (folder / "cache").mkdir(parents=True)
    assert checker.check("x = 1\n", tmp_path) == []
    assert not (folder / "cache").exists()
    assert not (folder / "read").exists()
    assert process.asked[-1][1:] == (Path(os.devnull), checking.FIRST_SECONDS)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(("", "cannot read mypy.ini", 2), "cannot read mypy"), (("", "", 2), "status 2")],
)
def test_mypys_own_failure_is_not_a_pass_and_keeps_the_cache(
    answer: tuple[str, str, int], words: str, tmp_path: Path
) -> None:
    checker, _ = scripted(GOOD, answer, answer)
    folder = tmp_path / checking._versions()
    (folder / "cache").mkdir(parents=True)
    with pytest.raises(RuntimeError, match=words):
        checker.check("x = 1\n", tmp_path)
    assert (folder / "cache").exists()


def test_lines_that_are_not_messages_are_left_out(tmp_path: Path) -> None:
    other = '{"file": "other.py", "line": 1, "column": 0, "message": "m", "hint": null, '
    output = other + '"code": "misc", "severity": "error"}\nprogress\n'
    checker, _ = scripted(GOOD, (output, "", 0))
    assert checker.check("x = 1\n", tmp_path) == []


def test_a_check_from_a_thread_that_ends_leaves_the_process_for_the_next(
    checker: Checker, cache: Path
) -> None:
    found: list[list[str]] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: found.append(codes(checker, WRONG, cache)))
        thread.start()
        thread.join()
    assert found == [["attr-defined"]] * 2


def test_ctrl_c_ends_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = Child()
    own.start()
    process = own._process
    assert process is not None

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "_exchange", interrupt)
    with pytest.raises(KeyboardInterrupt):
        own.ask("x = 1\n", tmp_path, 5)
    assert process.returncode is not None
