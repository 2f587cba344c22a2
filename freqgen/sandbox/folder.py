"""The folder of a worker: what is in it, and how it is deleted, whatever was made in it."""

from __future__ import annotations

import contextlib
import os
import stat
from itertools import count
from pathlib import Path

from freqgen.sandbox.limits import Fault, WorkerFault

_MANY_FILES = 20_000
_DEEP = 32
_BLOCK = 512


def measure(folder: Path, pid: int) -> tuple[int, int]:
    """What a worker has on the disk.

    :param pid: The worker, which may hold files that have no name any more.
    :returns: Bytes, and number of the files and folders.
    :raises WorkerFault: If there are too many files, or folders that nobody can look into.
    """
    used, files = _held(pid), 0
    waiting = [(str(folder), 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > _DEEP:
            raise WorkerFault(Fault.DISK, f"it made folders more than {_DEEP} deep")
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    files += 1
                    if files > _MANY_FILES:
                        raise WorkerFault(
                            Fault.DISK, f"it made more than {_MANY_FILES:,} files in its folder"
                        )
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    with contextlib.suppress(OSError):
                        # Blocks rather than length: a sparse file fills nothing.
                        used += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except PermissionError:
            raise WorkerFault(Fault.DISK, "it made a folder that cannot be read") from None
        except OSError:
            continue  # it is gone already
    return used, files


def _held(pid: int) -> int:
    """Bytes of files that were deleted while they were open."""
    used = 0
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    used += status.st_blocks * _BLOCK
    return used


def refuse_hidden(folder: Path, pid: int) -> None:
    """Refuse files that were deleted and closed and are only mapped: how large, nobody can say.

    It takes some milliseconds: the kernel writes a line for every part of every library.

    :raises WorkerFault: If there is one.
    """
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps", "rb") as maps:  # noqa: PTH123
        here = os.fsencode(folder) + b"/"
        if any(line.endswith(b" (deleted)\n") and here in line for line in maps):
            raise WorkerFault(Fault.DISK, "it mapped a file of its folder and deleted it")


def remove(folder: Path) -> None:
    """Delete a folder whose worker has ended: folders may be closed, or deeper than any path.

    Folders are moved up before they are emptied, so that no path gets long. What cannot be
    deleted stays.
    """
    names = count()
    top = str(folder)
    waiting = [top]
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(OSError):
            os.chmod(place, stat.S_IRWXU)  # noqa: PTH101
            with os.scandir(place) as entries:
                found = list(entries)
            for entry in found:
                if not entry.is_dir(follow_symlinks=False):
                    with contextlib.suppress(OSError):
                        os.unlink(entry.path)  # noqa: PTH108
                elif place == top:
                    waiting.append(entry.path)
                else:
                    waiting.append(_moved_up(entry.path, top, names))
            if place != top:
                os.rmdir(place)  # noqa: PTH106
    with contextlib.suppress(OSError):
        folder.rmdir()


def _moved_up(path: str, top: str, names: count[int]) -> str:
    """Move a folder to the top, under a name that nothing has there."""
    os.chmod(path, stat.S_IRWXU)  # noqa: PTH101  (one that is closed cannot be moved)
    while os.path.lexists(new := os.path.join(top, f"{next(names)}")):  # noqa: PTH118
        continue
    os.rename(path, new)  # noqa: PTH104
    return new
