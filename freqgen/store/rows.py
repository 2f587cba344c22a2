"""Between records and rows of tables."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from freqgen.evaluation.gate import Decision
from freqgen.exceptions import StoreError
from freqgen.generation.provider import Usage
from freqgen.store.record import Attempt, Record, plain
from freqgen.store.schema import AttemptRow, RecordRow
from freqgen.store.status import Status

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no letter looks like another."""

_ID_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_JSON_FIELDS = ("constraints", "reading", "design", "findings", "gates", "measurements", "timings")

_MORE = ("reason", "source", "mended")
"""Fields of an attempt that stand beside its findings."""

_REASONS = {"code": "first", "repair": "repair"}
"""Why a draft was asked for, where nothing else is said."""


def new_id(moment: datetime) -> str:
    """Make an id: 8 characters of milliseconds since 2024, 4 of chance.

    Until 2034 an id begins with a digit, so no id is the name of a class.
    """
    number = max(int((moment - _ID_EPOCH).total_seconds() * 1000), 0) % 32**8
    number = number * 32**4 + secrets.randbelow(32**4)
    return "".join(ID_ALPHABET[number >> shift & 31] for shift in range(55, -5, -5))


def _to_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def record_values(record: Record) -> dict[str, Any]:
    """The row of a record, its fingerprint included."""
    values = {column.key: getattr(record, column.key, None) for column in RecordRow.__table__.c}
    values |= {name: _to_json(values[name]) for name in (*_JSON_FIELDS, "usage")}
    values["status"] = record.status.value
    values["decision"] = record.decision.value if record.decision else None
    values["created"] = record.created.isoformat()
    return values


def record_of(row: Row[Any]) -> Record:
    """The record in a row.

    :raises StoreError: If the row holds what freqgen never writes.
    """
    values = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)
    del values["fingerprint"]
    try:
        values |= {name: json.loads(values[name]) for name in _JSON_FIELDS}
        values["usage"] = Usage(**json.loads(values["usage"]))
        values["status"] = Status(values["status"])
        values["decision"] = Decision(values["decision"]) if values["decision"] else None
        values["created"] = datetime.fromisoformat(values["created"])
        return Record(**values)
    except (ValueError, TypeError) as exc:
        raise StoreError(
            f"the record {row.name} revision {row.revision} ({row.id}) was altered outside "
            "freqgen: it cannot be read",
            hint="restore the database from a backup",
        ) from exc


def attempt_values(attempt: Attempt) -> dict[str, Any]:
    """The row of an attempt.

    What was mended stands in the column of the findings, which is a list where nothing was: so
    the tables are those of older databases, and an older freqgen reads most of a newer one.
    """
    values = {column.key: getattr(attempt, column.key) for column in AttemptRow.__table__.c}
    more = {name: value for name in _MORE if (value := getattr(attempt, name))}
    if attempt.reason == _REASONS.get(attempt.step):
        more.pop("reason", None)
    findings = attempt.findings
    values["findings"] = _to_json({"findings": findings, **more} if more else findings)
    values["usage"] = _to_json(attempt.usage)
    return values


def attempt_of(row: Row[Any]) -> Attempt:
    """The attempt in a row."""
    values = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)
    found = json.loads(values["findings"])
    values["reason"] = _REASONS.get(values["step"], "")
    if isinstance(found, list):
        values["findings"] = found
    else:
        values |= {name: found[name] for name in ("findings", *_MORE) if name in found}
    values["usage"] = Usage(**json.loads(values["usage"]))
    return Attempt(**values)
