"""``-o`` and ``--force``: results in files that the user names; errors as data."""

from __future__ import annotations

import errno
from argparse import ArgumentParser
from pathlib import Path

from freqgen.exceptions import FreqgenException, UsageError
from freqgen.printable import printable


def add_output_options(parser: ArgumentParser, text: str) -> None:
    """Add ``-o`` and ``--force``.

    :param text: What ``-o`` does.
    """
    parser.add_argument("-o", "--output", metavar="FILE", help=text)
    parser.add_argument("--force", action="store_true", help="let -o replace a file that is there")


def check_output(file: str, user_data_dir: Path, *, example: str) -> None:
    """Refuse a place that cannot be written to, before any work is done for it.

    :param example: A file name that would do, as in ``design.json``.
    :raises UsageError: Saying what to name after ``-o``.
    """
    hint = f"name a file after -o, as in -o {example}"
    path = Path(file)
    if not file.strip() or path.is_dir():
        raise UsageError(
            f'"{printable(file)}" is a folder' if file.strip() else "-o names no file", hint=hint
        )
    if path.exists() and not path.is_file():
        raise UsageError(
            f'"{printable(file)}" is no regular file', hint="leave -o out to print the result"
        )
    if not path.parent.is_dir():
        raise UsageError(
            f'there is no folder "{printable(path.parent)}"',
            hint="create it, or name another file after -o",
        )
    strategies = (user_data_dir / "strategies").resolve()
    if path.resolve().is_relative_to(strategies):
        raise UsageError(
            f'"{printable(file)}" lies where Freqtrade looks for strategies, and only what was '
            "checked, backtested and allowed goes there",
            hint="freqgen generate --design FILE goes that way; or name another file after -o",
        )


def error_data(exc: FreqgenException) -> dict[str, str]:
    """What went wrong, as JSON has it."""
    return {"type": type(exc).__name__, "message": exc.message, "hint": exc.hint}


def write_output(file: str, text: str, *, force: bool) -> None:
    """Write a result whole or not at all.

    :param force: Whether to replace a file with another content.
    :raises UsageError: If such a file is there, or the file cannot be written.
    """
    from freqgen.store.atomic import write_whole

    path, content = Path(file), text.encode()
    try:
        if path.exists():
            if path.read_bytes() == content:
                return
            if not force:
                raise UsageError(
                    f'"{printable(file)}" is there already, with another content',
                    hint="--force replaces it; or name another file after -o",
                )
        write_whole(path, content)
    except OSError as exc:
        room = "free some space, or " if exc.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        raise UsageError(
            f'"{printable(file)}" cannot be written: {exc.strerror or exc}',
            hint=f"{room}name another file after -o",
        ) from exc
