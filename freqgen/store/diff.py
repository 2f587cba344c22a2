"""What changed from one revision to another."""

from __future__ import annotations

import difflib
import json

from freqgen.store.record import Record


def diff(before: Record, after: Record) -> str:
    """The changes of design and source in the unified format; empty if there are none.

    :param before: As a rule the earlier revision of the same name.
    """
    return _changes("json", before, after, _design(before), _design(after)) + _changes(
        "py", before, after, before.source, after.source
    )


def _design(record: Record) -> str:
    if record.design is None:
        return ""
    return json.dumps(record.design, indent=2, ensure_ascii=False) + "\n"


def _changes(suffix: str, before: Record, after: Record, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        fromfile=f"{before.name}@{before.revision}.{suffix}",
        tofile=f"{after.name}@{after.revision}.{suffix}",
    )
    # A last line without its line feed would run into the next header.
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
