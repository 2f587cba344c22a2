"""``--sarif``: where the SARIF log goes."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen.commands.output import write_output
from freqgen.exceptions import UsageError
from freqgen.printable import printable

if TYPE_CHECKING:
    from freqgen.outcome import CheckedFile
    from freqgen.pipeline import Freqgen

STDOUT = "-"


def check_sarif(args: Namespace) -> None:
    """Refuse a place that cannot be meant, before any work is done for it.

    :raises UsageError: Saying what to write instead.
    """
    file = args.sarif
    if file is None:
        return
    if args.diff:
        raise UsageError(
            "--sarif and --diff do not go together: the findings would be about lines that are "
            "in no file",
            hint="leave one of the two out; SARIF has the fixes",
        )
    if file == STDOUT:
        if args.json:
            raise UsageError(
                "--json and --sarif both print to standard output",
                hint="name a file for one of them: --sarif=findings.sarif",
            )
        return
    path = Path(file)
    hint = "name its file, as in --sarif=findings.sarif, or put --sarif behind the files"
    if path.suffix == ".py" or path.is_dir() or not file.strip():
        raise UsageError(f'--sarif would write to "{printable(file)}"', hint=hint)
    if not path.parent.is_dir():
        raise UsageError(f'there is no folder "{printable(path.parent)}"', hint=hint)
    if path.exists() and not (path.is_file() and _is_log(path)):
        raise UsageError(f'"{printable(file)}" is there already, and is no SARIF log', hint=hint)


def write_sarif(file: str, files: Sequence[CheckedFile], freqgen: Freqgen) -> str:
    """Write the log of a run to its file, if it is to go to one.

    :returns: The log.
    :raises UsageError: If it cannot be written.
    """
    from freqgen.commands.sarif import sarif

    log = sarif(files, freqgen.host.validators().values(), Path.cwd())
    text = json.dumps(log, indent=2, ensure_ascii=False) + "\n"
    text = text.encode(errors="replace").decode()  # messages may quote half a character
    if file != STDOUT:
        write_output(file, text, force=True)
    return text


def _is_log(path: Path) -> bool:
    """Whether a file may be replaced: the log of another run, or nothing at all."""
    try:
        with path.open("rb") as file:
            begin = file.read(4096)
    except OSError as exc:
        raise UsageError(
            f'"{printable(path)}" cannot be read: {exc.strerror or exc}', hint="name another file"
        ) from exc
    return not begin or b"sarif" in begin
