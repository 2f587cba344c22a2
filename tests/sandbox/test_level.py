"""What a machine can hold is found out by doing it, and nothing is pretended."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from freqgen.sandbox import landlock, level, seccomp
from freqgen.sandbox.level import Level, judge, probe
from freqgen.sandbox.syscalls import ALLOWED, LAST_KNOWN, NUMBERS

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize(
    ("held", "expected", "words"),
    [
        (7, Level.FULL, ""),
        (6, Level.FULL, ""),
        (5, Level.STRONG, "signals and the network"),
        (3, Level.STRONG, "signals and the network"),
        (2, Level.PARTIAL, "emptied"),
        (1, Level.PARTIAL, "emptied"),
        (0, Level.NONE, "no Landlock"),
    ],
)
def test_levels(held: int, expected: Level, words: str) -> None:
    protection = judge(held)
    assert protection.level is expected
    assert words in protection.reason
    assert bool(protection.reason) is (expected is not Level.FULL)


def test_this_machine() -> None:
    protection = probe()
    assert protection.landlock == landlock.version()
    if protection.level is Level.NONE:
        assert protection.reason
    else:
        assert protection == judge(protection.landlock)


def answers(monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str = "", code: int = 0) -> None:
    """Let the process that is thrown away say this."""
    done = subprocess.CompletedProcess([], code, stdout=stdout, stderr=stderr)
    monkeypatch.setattr(level.subprocess, "run", lambda *_, **__: done)


def test_what_is_possible_although_it_must_not_be_counts_more_than_any_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, '{"landlock": 7, "possible": ["open a socket", "start a process"]}')
    protection = probe()
    assert protection.level is Level.NONE
    assert protection.reason == "a confined process could still open a socket, start a process"


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        ("", "OSError: [Errno 38] Function not implemented", "[Errno 38] Function not implemented"),
        ("", "", "exit code 1"),
        ("{}", "", "exit code 1"),
        ("[]", "", "exit code 1"),
        ('{"landlock": "many", "possible": []}', "", "exit code 1"),
    ],
    ids=["no seccomp", "silence", "empty", "a list", "words"],
)
def test_a_process_that_says_something_else_was_not_confined(
    monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str, reason: str
) -> None:
    answers(monkeypatch, stdout, stderr, code=1)
    protection = probe()
    assert protection.level is Level.NONE
    assert protection.reason.startswith("a process could not be confined: ")
    assert reason in protection.reason


def test_a_process_that_hangs_was_not_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired([], 1)

    monkeypatch.setattr(level.subprocess, "run", hang)
    assert probe().reason == "a confined process did not answer"


def test_other_systems_have_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert probe().level is Level.NONE
    assert "darwin" in probe().reason


def test_a_processor_without_a_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(OSError, match="no list of system calls for riscv64"):
        seccomp.restrict()


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.is_file():
        pytest.skip(f"{header} is not installed")
    found = re.findall(r"#define\s+__NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    kernels = {name: int(number) for name, number in found}
    if machine == "aarch64":
        kernels["newfstatat"] = kernels.get("fstatat", 79)
    ours = NUMBERS[machine]
    assert {n: k for n, k in ours.items() if n in kernels and kernels[n] != k} == {}
    assert len([n for n in ours if n in kernels]) > 0.9 * len(ours)


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_program_is_one_that_the_kernel_takes(machine: str) -> None:
    program = seccomp.program(seccomp.MACHINES[machine], own=1234)
    assert len(program) < 4096
    for place, (code, if_true, if_false, operand) in enumerate(program):
        assert 0 <= if_true <= 255
        answers = code == 0x06
        assert answers or place + 1 + max(if_true, if_false) < len(program)
        assert 0 <= operand < 1 << 32
    assert max(NUMBERS[machine].values()) <= LAST_KNOWN
    assert len(set(ALLOWED)) == len(ALLOWED)
    dangerous = (
        "socket connect execve execveat fork vfork ptrace chmod fchmod setxattr mount bpf unshare "
        "io_uring_setup memfd_create setns pidfd_getfd process_vm_writev truncate mknod tkill"
    )
    assert not set(dangerous.split()) & set(NUMBERS[machine])
