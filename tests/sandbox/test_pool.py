"""Workers that do what no worker should: each is a fault, and nothing of it is left."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from freqgen.sandbox.level import Level, probe
from freqgen.sandbox.limits import Fault
from tests.sandbox.conftest import NOBODY, ROOT

pytestmark = pytest.mark.xdist_group("pool")  # the bad workers do their worst once

HOST = Path(__file__).with_name("pool_host.py")
AS_USER = ROOT / "tests" / "corpus" / "as_user.py"

BAD: dict[str, set[Fault | None]] = {
    "never_returns": {Fault.TIME},
    "sleeps": {Fault.TIME},
    "ignores_signals": {Fault.TIME},
    "fills_memory": {Fault.MEMORY},
    "takes_memory_at_once": {Fault.MEMORY},
    "two_large_files": {Fault.DISK},
    "a_file_past_its_limit": {Fault.DIED, Fault.DISK},
    "large_files": {Fault.DISK},
    "files_without_a_name": {Fault.DISK},
    "files_that_are_only_mapped": {Fault.DISK},
    "says_too_much_in_all": {Fault.NONSENSE},
    "many_files": {Fault.DISK},
    "sparse_files": {None},
    "deep_folders": {None, Fault.DISK},
    # Root looks into any folder, and finds nothing.
    "closed_folders": {Fault.DISK, Fault.TIME},
    "prints_without_end": {Fault.OUTPUT},
    "prints_without_line": {Fault.OUTPUT},
    "crashes": {Fault.DIED},
    "exits": {Fault.DIED},
    "kills_itself": {Fault.DIED},
    "says_garbage": {Fault.NONSENSE},
    "says_it_will_say_much": {Fault.NONSENSE},
    "says_more_than_it_may": {Fault.NONSENSE},
    "says_half_of_it": {Fault.TIME},
    "hangs_up": {Fault.DIED},
    "does_not_listen": {Fault.TIME},
    "has_threads_that_go_on": {None},
    "has_threads_that_hold_it_up": {Fault.DIED},
    "raises": {Fault.DIED},
    "raises_its_limits": {None},
}

DETAILS = {
    "crashes": "signal 11 (SIGSEGV)",
    "exits": "ended itself with code 0",
    "kills_itself": "signal 9 (SIGKILL)",
    "hangs_up": "closed what it answers through",
    "says_it_will_say_much": "a message of 9,223,372,036,854,775,813 bytes",
}


def _users() -> list[int | None]:
    return [None, pytest.param(NOBODY, marks=pytest.mark.soak)] if os.geteuid() == 0 else [None]


@pytest.fixture(scope="module", params=_users(), ids=lambda u: "nobody" if u else "the user")
def start(request: pytest.FixtureRequest) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the process that has workers, as a user; it is given a folder of its own."""
    if probe().level is Level.NONE:
        pytest.skip(f"nothing can be confined here: {probe().reason}")
    folder = Path(tempfile.mkdtemp(prefix="freqgen-pool-"))
    user: int | None = request.param
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "A_SECRET": "canary",
    }
    command = [sys.executable, "-P"]
    if user is not None:
        os.chown(folder, user, user)
        needed = dict.fromkeys((sys.prefix, sys.base_prefix, str(ROOT), str(folder)))
        command += [str(AS_USER), str(user), *needed, "--", *command]
    started = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*command, str(HOST), str(folder), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        started.append(process)
        return process

    if user is not None:
        said = run("nothing-but-start").communicate(timeout=120)[1]
        if "Permission" in said or "mount" in said or "unshare" in said:
            pytest.skip(f"an ordinary user can run no Python here: {said[-200:]}")
    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def outcomes(start: Callable[..., subprocess.Popen[str]]) -> dict[str, Any]:
    """What became of all the bad workers."""
    said, errors = start().communicate(timeout=300)
    assert said, errors
    return dict(json.loads(said))


@pytest.mark.soak
def test_every_bad_worker_is_in_the_table(outcomes: dict[str, Any]) -> None:
    assert set(outcomes["jobs"]) == set(BAD)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_worker_is_a_fault_and_the_next_one_is_sound(
    name: str, outcomes: dict[str, Any]
) -> None:
    told = outcomes["jobs"][name]
    assert told["fault"] in BAD[name], told
    assert DETAILS.get(name, "") in told.get("detail", "")
    assert told["ended"]
    assert told["files"] == []
    assert told["processes"] == 0
    assert told["next"]["fault"] is None
    assert told["next"]["bytes"] == len(b"payload")


def test_limits_cannot_be_raised(outcomes: dict[str, Any]) -> None:
    assert outcomes["jobs"]["raises_its_limits"]["head"]["more"] is False


def test_nothing_is_left_at_the_end(outcomes: dict[str, Any]) -> None:
    assert (outcomes["left"], outcomes["descriptors"]) == ([], 0)


def test_a_worker_has_its_folder_and_little_else(outcomes: dict[str, Any]) -> None:
    heads = [told["next"]["head"] for told in outcomes["jobs"].values()]
    for head in heads:
        environment = head["environment"]
        assert set(environment) <= {
            "HOME",
            "TMPDIR",
            "MPLCONFIGDIR",
            "PATH",
            "LANG",
            "TZ",
            "LC_CTYPE",
        }
        assert "canary" not in str(environment)
        assert head["folder"] == head["temporary"] == environment["HOME"]
        assert head["descriptors"] == [0, 1, 2, 3]
    assert len({head["folder"] for head in heads}) == len(heads)


@pytest.mark.parametrize("source", ["numpy", "random", "generator"])
def test_chance_differs_between_workers(source: str, outcomes: dict[str, Any]) -> None:
    drawn = [told["next"]["head"][source] for told in outcomes["jobs"].values()]
    assert len(set(drawn)) == len(drawn)


def gone(numbers: list[int]) -> bool:
    """Whether processes end within a few seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not any(_running(number) for number in numbers):
            return True
        time.sleep(0.01)
    return False


def _running(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


@pytest.fixture
def family(start: Callable[..., subprocess.Popen[str]]) -> Iterator[dict[str, Any]]:
    """A creator, its warm parent and two workers that wait."""
    process = start("parents")
    assert process.stdout is not None
    yield {"process": process, **json.loads(process.stdout.readline())}
    process.kill()
    process.communicate()


def test_workers_end_with_the_warm_parent_and_no_others_can_be_had(
    family: dict[str, Any],
) -> None:
    os.kill(family["parent"], signal.SIGKILL)
    assert gone(family["workers"])
    process = family["process"]
    process.stdin.write("tells\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"alive": False, "fault": "died"}


def test_the_warm_parent_and_its_workers_end_with_their_creator(family: dict[str, Any]) -> None:
    family["process"].kill()
    assert gone([family["parent"], *family["workers"]])


def test_a_worker_that_is_killed_takes_no_other_with_it(family: dict[str, Any]) -> None:
    first, second = family["workers"]
    os.kill(first, signal.SIGKILL)
    process = family["process"]
    process.stdin.write("tells\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"alive": True, "fault": None}
    assert _running(second)
