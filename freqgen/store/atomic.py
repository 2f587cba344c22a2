"""Writing files whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from freqgen.exceptions import StoreError


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that whoever looks sees the old content or the new, and nothing else.

    The content goes to a file beside it, to the disk, and takes the name last. Whatever goes
    wrong on the way, an interruption too, leaves the old file as it was and no other behind.
    The file beside it does not end in ``.py``, so Freqtrade never loads it.

    :param mode: Permissions of the file, of which the umask takes some away.
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
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


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
        f"{path} {what}: {exc.strerror or exc}",
        hint="check the free space and who may write there, or choose another --userdir",
    )
