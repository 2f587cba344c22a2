"""What was decided on records: each decision is noted, and none is altered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from freqgen.store.record import StatusChange, now
from freqgen.store.schema import StatusChangeRow
from freqgen.store.status import Status


def note(
    connection: Connection, record_id: str, previous: Status | None, status: Status, reason: str
) -> None:
    """Write down that a record has another status from now on, and why."""
    connection.execute(
        insert(StatusChangeRow).values(
            record_id=record_id,
            time=now().isoformat(),
            previous=previous.value if previous else None,
            status=status.value,
            reason=reason,
        )
    )


def changes_of(connection: Connection, record_id: str) -> Sequence[StatusChange]:
    """All that was decided on a record, the first first."""
    query = select(StatusChangeRow.__table__).where(StatusChangeRow.record_id == record_id)
    return [
        StatusChange(
            record_id=row.record_id,
            time=datetime.fromisoformat(row.time),
            previous=Status(row.previous) if row.previous else None,
            status=Status(row.status),
            reason=row.reason,
        )
        for row in connection.execute(query.order_by(StatusChangeRow.number))
    ]
