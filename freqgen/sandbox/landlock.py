"""Landlock: which files a process, and all that it starts, can reach.

Source: the kernel's ``Documentation/userspace-api/landlock.rst`` and ``uapi/linux/landlock.h``.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from freqgen.sandbox.kernel import syscall

# The same numbers on all architectures.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

# Bit 0, to execute a file, is granted to nobody.
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REMOVE_DIR = 1 << 4
_REMOVE_FILE = 1 << 5
_MAKE_DIR = 1 << 7
_MAKE_REG = 1 << 8
_MAKE_SYM = 1 << 12
_REFER = 1 << 13
_TRUNCATE = 1 << 14

_HIGHEST_FILE_RIGHT = {1: 12, 2: 13, 3: 14, 4: 14, 5: 15}
"""Number of the last right over files that a version of Landlock knows."""

_TCP = 0b11
"""Binding and connecting, since version 4."""
_SCOPES = 0b11
"""Abstract UNIX sockets and signals, since version 6."""

READING = _READ_FILE | _READ_DIR
WRITING = READING | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG
WRITING |= _MAKE_SYM | _REFER | _TRUNCATE
_OF_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE


def version() -> int:
    """The version (ABI) of this kernel's Landlock; 0 where there is none."""
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(reading: Iterable[Path], writing: Iterable[Path]) -> int:
    """Keep this process to these files and folders, for good.

    No file may be executed, no device, pipe or socket made, and, as far as the kernel knows how,
    no TCP connection opened and no signal sent to others. ``no_new_privs`` must be set.

    :param reading: What may be read, with all below it. What is not there is left out.
    :param writing: What may be read and written, likewise.
    :returns: The version of Landlock that holds.
    :raises OSError: If there is no Landlock, or it could not be set up.
    """
    abi = syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    known = (1 << (_HIGHEST_FILE_RIGHT[min(abi, max(_HIGHEST_FILE_RIGHT))] + 1)) - 1
    attributes = struct.pack("=Q", known)
    if abi >= 4:
        attributes += struct.pack("=Q", _TCP)
    if abi >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for paths, rights in ((reading, READING), (writing, WRITING)):
            for path in paths:
                _allow(ruleset, path, rights & known)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
