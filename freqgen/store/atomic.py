"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from freqgen.exceptions import StoreError


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that whoever looks sees the old content or the new, and nothing else.

    The content goes to a file beside it, to the disk, and takes the name last. Whatever goes
    wrong on the way, an interruption too, leaves the old file as it was and no other behind.
    The file beside it does not end in ``.py``, so Freqtrade never loads it.

    :param mode: Permissions of the file.
    :raises OSError: If it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


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
