"""Where a record stands, and who may move it where."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from freqgen.evaluation.gate import Decision
from freqgen.exceptions import StoreError

if TYPE_CHECKING:
    from freqgen.store.record import Record


class Status(StrEnum):
    """Where a record stands.

    ::

        draft ──────────────────────────▶ rejected
        pending ──approve──▶ approved ──reject──▶ rejected ──approve──▶ approved
        allowed ──reject──▶ rejected ──approve──▶ approved
        denied

    freqgen's own decision gives the first status, a person's the later ones. What was denied
    stays denied, and a draft cannot be approved, because nothing was measured: both need a
    new revision.
    """

    DRAFT = "draft"
    """Stored without having been judged."""
    PENDING = "pending"
    """Waits for somebody to approve or reject it: the decision was ``review``."""
    ALLOWED = "allowed"
    """Passed everything: the decision was ``allow``."""
    DENIED = "denied"
    """Failed validation or a gate: the decision was ``deny``."""
    APPROVED = "approved"
    """A person approved it."""
    REJECTED = "rejected"
    """A person rejected it."""

    @property
    def usable(self) -> bool:
        """Whether the strategy may lie in ``user_data/strategies/`` and trade on paper."""
        return self in {Status.ALLOWED, Status.APPROVED}


_FIRST_STATUS = {
    None: Status.DRAFT,
    Decision.REVIEW: Status.PENDING,
    Decision.ALLOW: Status.ALLOWED,
    Decision.DENY: Status.DENIED,
}


def first_status(decision: Decision | None) -> Status:
    """The status of a new record, given what freqgen decided (``None``: not judged)."""
    return _FIRST_STATUS[decision]


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.REJECTED}),
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED}),
    Status.ALLOWED: frozenset({Status.REJECTED}),
    Status.APPROVED: frozenset({Status.REJECTED}),
    Status.REJECTED: frozenset({Status.APPROVED}),
    Status.DENIED: frozenset(),
}
"""What a person may decide, by status. Rejected drafts cannot be approved either."""


def check_transition(record: Record, status: Status) -> None:
    """Make sure that a record may get a status.

    :raises StoreError: Saying why not and what can be done instead.
    """
    allowed = status in TRANSITIONS[record.status]
    if allowed and status is Status.APPROVED and first_status(record.decision) is Status.DRAFT:
        allowed = False
    if allowed:
        return
    name = described(record)
    if record.status is status:
        raise StoreError(f"{name} is {status} already")
    if status is Status.APPROVED:
        message, hint = {
            Status.ALLOWED: (
                "was allowed, which needs no approval",
                f"freqgen paper {record.name} trades it on paper",
            ),
            Status.DENIED: (
                "was denied and cannot be approved",
                f"freqgen show {record.id} --findings says why; mend the design and generate "
                "a new revision",
            ),
        }.get(
            record.status,
            (
                "was never measured and cannot be approved",
                "freqgen generate measures it and decides",
            ),
        )
        raise StoreError(f"{name} {message}", hint=hint)
    if status is Status.REJECTED:
        raise StoreError(f"{name} was denied, there is nothing to reject")
    raise StoreError(
        f"nobody can make {name} {status}: that is decided when it is made",
        hint="a person can approve or reject",
    )


def described(record: Record) -> str:
    """What a record is called in messages."""
    return f"{record.name} revision {record.revision} ({record.id})"
