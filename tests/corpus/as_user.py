"""Runs a command as an ordinary user who can read the Python that runs this.

``python as_user.py USER PATH… -- COMMAND…``, as root. Paths that the user could not reach, since
a folder above them is closed to others, are mounted where they are in a world of files of their
own; nothing changes for anybody else.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS = 0x00020000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 1 << 18


def closed(path: Path, user: int) -> Path | None:
    """The topmost folder above a path that a user may not enter."""
    for folder in (*reversed(path.parents), path):
        status = folder.stat()
        bit = 0o100 if status.st_uid == user else 0o001
        if not status.st_mode & bit:
            return folder
    return None


def open_up(paths: list[Path], user: int) -> None:
    """Make paths reachable, in this process and those that it starts."""
    by_folder: dict[Path, list[Path]] = {}
    for path in paths:
        if (folder := closed(path, user)) is not None:
            by_folder.setdefault(folder, []).append(path)
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *given: object) -> None:
        if getattr(libc, name)(*given) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"{name}: {os.strerror(code)}")

    def mount(what: str, where: str, kind: bytes | None, flags: int) -> None:
        text = b"mode=755" if kind else None
        call("mount", what.encode(), where.encode(), kind, ctypes.c_ulong(flags), text)

    if by_folder:
        call("unshare", _NEW_MOUNTS)
        mount("none", "/", None, _RECURSIVE | _PRIVATE)
    for folder, wanted in by_folder.items():
        # Descriptors still reach what the new file system hides.
        held = {path: os.open(path, os.O_PATH) for path in wanted}
        mount("none", str(folder), b"tmpfs", 0)
        for path, number in held.items():
            path.mkdir(parents=True, exist_ok=True)
            mount(f"/proc/self/fd/{number}", str(path), None, _BIND | _RECURSIVE)


def main(arguments: list[str]) -> None:
    """Become the user and the command."""
    end = arguments.index("--")
    user = int(arguments[0])
    open_up([Path(path) for path in arguments[1:end]], user)
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    os.execv(arguments[end + 1], arguments[end + 1 :])


if __name__ == "__main__":
    main(sys.argv[1:])
