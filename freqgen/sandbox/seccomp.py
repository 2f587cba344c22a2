"""seccomp: which system calls a process can make.

An allow-list: what computing needs. Everything else fails with EPERM, and calls that are newer than
this list with ENOSYS, so that the C library falls back to older ones. No sockets but pairs, no
programs, no processes (threads are allowed), no signals to others, no rights or owners of files.

Sources: the kernel's ``Documentation/userspace-api/seccomp_filter.rst`` and ``bpf_common.h``,
``seccomp(2)``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from freqgen.sandbox.kernel import syscall
from freqgen.sandbox.syscalls import ALLOWED, LAST_KNOWN, NUMBERS

_SET_MODE_FILTER = 1

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000

_CLONE_THREAD = 0x00010000
# New namespaces of any kind, and a parent that is not the caller.
_CLONE_OTHER = 0x7E028080
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE = 1, 1, 0xF
_PR_GET_PDEATHSIG, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 2, 15, 16, 0x53564D41
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX, TCGETS2
_HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)

Instruction: TypeAlias = tuple[int, int, int, int]
"""Code, how many to skip if it holds, how many if not, and an operand."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What differs between processors.

    :param architecture: As ``AUDIT_ARCH_…``.
    :param seccomp: Number of the call ``seccomp``.
    """

    architecture: int
    seccomp: int
    numbers: Mapping[str, int]


MACHINES = {
    "x86_64": Machine(0xC000003E, 317, NUMBERS["x86_64"]),
    "aarch64": Machine(0xC00000B7, 277, NUMBERS["aarch64"]),
}
"""The processors that there is a list for."""


def restrict() -> None:
    """Keep this process to the allowed calls, for good. It must have a single thread.

    :raises OSError: If the kernel has no seccomp, or the processor has no list.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"there is no list of system calls for {platform.machine()}")
    code = b"".join(struct.pack("=HBBI", *one) for one in program(machine, os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: how many instructions, and where they are.
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    syscall(machine.seccomp, _SET_MODE_FILTER, 0, header)


def program(machine: Machine, own: int) -> list[Instruction]:
    """The filter, in classic BPF.

    :param own: Id of this process, the only one that it may send signals to.
    """
    found: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, machine.architecture),
        _answer(_KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine.architecture == MACHINES["x86_64"].architecture:
        found += [(_AT_LEAST, 0, 1, _X32), _answer(_KILL)]
    found += [(_AT_LEAST, 0, 1, LAST_KNOWN + 1), _refuse(errno.ENOSYS)]
    for name, body in _special(own).items():
        if name in machine.numbers:
            found += [(_EQUAL, 0, len(body), machine.numbers[name]), *body]
    for name in ALLOWED:
        if name in machine.numbers:
            found += [(_EQUAL, 0, 1, machine.numbers[name]), _answer(_ALLOW)]
    return [*found, _refuse(errno.EPERM)]


def _special(own: int) -> dict[str, list[Instruction]]:
    """Calls that depend on their arguments; each ends with an answer."""
    to_itself = [_argument(0), (_EQUAL, 0, 1, own), _answer(_ALLOW), _refuse(errno.EPERM)]
    own_or_zero = [_argument(0), (_EQUAL, 1, 0, 0), (_EQUAL, 0, 1, own), _answer(_ALLOW)]
    own_or_zero.append(_refuse(errno.EPERM))
    return {
        # Its flags are behind a pointer, where a filter cannot look; the C library uses clone then.
        "clone3": [_refuse(errno.ENOSYS)],
        "clone": [
            _argument(0),
            (_ANY_BIT, 0, 2, _CLONE_THREAD),
            (_ANY_BIT, 1, 0, _CLONE_OTHER),
            _answer(_ALLOW),
            _refuse(errno.EPERM),
        ],
        # A pair of datagram sockets could still send to a named one.
        "socketpair": [
            _argument(0),
            (_EQUAL, 0, 4, _AF_UNIX),
            _argument(1),
            (_AND, 0, 0, _SOCK_TYPE),
            (_EQUAL, 0, 1, _SOCK_STREAM),
            _answer(_ALLOW),
            _refuse(errno.EPERM),
        ],
        "kill": to_itself,
        "tgkill": to_itself,
        "prlimit64": own_or_zero,
        "sched_setaffinity": own_or_zero,
        "prctl": _one_of(0, (_PR_GET_PDEATHSIG, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA)),
        "fcntl": _none_of(1, (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX)),
        "ioctl": _one_of(1, _HARMLESS_IOCTLS, otherwise=errno.ENOTTY),
    }


def _one_of(number: int, values: Sequence[int], otherwise: int = errno.EPERM) -> list[Instruction]:
    checks = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(number), *checks, _refuse(otherwise), _answer(_ALLOW)]


def _none_of(number: int, values: Sequence[int]) -> list[Instruction]:
    checks = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(number), *checks, _answer(_ALLOW), _refuse(errno.EPERM)]


def _argument(number: int) -> Instruction:
    """Load the lower half of an argument; both processors have it first."""
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * number)


def _answer(value: int) -> Instruction:
    return (_RETURN, 0, 0, value)


def _refuse(code: int) -> Instruction:
    return _answer(_ERRNO | code)
