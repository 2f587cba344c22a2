"""Writing files whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from freqgen.exceptions import StoreError
from freqgen.printable import printable


class ChangedMeanwhile(Exception):
    """A file is not what it was when it was read."""


def write_whole(
    path: Path,
    content: bytes,
    *,
    mode: int = 0o666,
    ready: Callable[[int], object] = lambda _descriptor: None,
) -> None:
    """Write a file so that whoever looks sees the old content or the new, and nothing else.

    The content goes to a file beside it, to the disk, and takes the name last. Whatever goes
    wrong on the way, an interruption too, leaves the old file as it was and no other behind.
    The file beside it does not end in ``.py``, so Freqtrade never loads it.

    :param mode: Permissions of the file, of which the umask takes some away.
    :param ready: Called with the open file when its content is on the disk, before it takes the
        name; what it raises leaves everything as it was.
    :raises OSError: If it cannot be written.
    """
    temporary = beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            ready(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def exchange(path: Path, old: bytes, new: bytes) -> None:
    """Put new content in place of old, in somebody's file: its permissions and owner stay.

    Of a link, the file that it leads to is written.

    :raises ChangedMeanwhile: If the file holds something else than ``old``.
    :raises OSError: If it cannot be written; also where the file is read-only and the folder is
        not, for then nobody meant it to be replaced.
    """
    path = Path(os.path.realpath(path))
    state = path.stat()

    def ready(descriptor: int) -> None:
        with suppress(OSError):  # only the administrator may give files away
            os.fchown(descriptor, state.st_uid, state.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(state.st_mode))
        if path.read_bytes() != old:
            raise ChangedMeanwhile

    if not state.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", str(path))
    write_whole(path, new, mode=0o600, ready=ready)


def beside(path: Path) -> Path:
    """A name beside a path that nothing has, hidden and of no kind that Freqtrade loads."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")


def sync_folder(folder: Path) -> None:
    """Make sure that new names in a folder survive a power failure, where that can be."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def file_error(exc: OSError, what: str, path: Path) -> StoreError:
    """A failed file operation in words.

    :param what: What was tried, as in ``cannot be written``.
    """
    return StoreError(
        f"{printable(path)} {what}: {exc.strerror or exc}",
        hint="check the free space and who may write there, or choose another --userdir",
    )
