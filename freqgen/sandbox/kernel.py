"""The few calls of the Linux kernel that Python's standard library does not have."""

from __future__ import annotations

import ctypes
import os
import struct
from functools import cache

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522


@cache
def _libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a system call by its number.

    :param arguments: Numbers, or memory that the kernel is to read; ``None`` for a null pointer.
    :returns: What it returned, 0 or more.
    :raises OSError: If it failed.
    """
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *given)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def prctl(option: int, value: int) -> None:
    """Change a property of this process.

    :raises OSError: If it failed.
    """
    zero = ctypes.c_ulong(0)
    if _libc().prctl(option, ctypes.c_ulong(value), zero, zero, zero) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def drop_capabilities() -> None:
    """Give up what makes root more than a user. It cannot be undone once no_new_privs is set.

    :raises OSError: If it failed.
    """
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)  # effective, permitted and inheritable, 64 bits each
    if _libc().capset(ctypes.c_char_p(header), ctypes.c_char_p(nothing)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
