"""Records and their files together, in the order that an interruption cannot harm.

==============  ==============================================================================
storing         check that the file has a place, write the record, write the file
approving       check that it may be approved and has a place, note the approval, write the file
restoring       of what was allowed or approved: check that it has a place, write the file
rejecting       check that it may be rejected, remove the file, note the rejection, keep a draft
==============  ==============================================================================

So a file in ``strategies/`` always has a record that permits it. Whatever fails between two
steps, doing the same again, or :func:`place`, completes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from freqgen.store.files import (
    FileState,
    check_publishable,
    file_state,
    publish,
    save_draft,
    withdraw,
)
from freqgen.store.record import Attempt, Record
from freqgen.store.status import Status, check_transition, first_status
from freqgen.store.store import Store


def keep(
    store: Store, record: Record, *, attempts: Iterable[Attempt] = (), user_data_dir: Path
) -> tuple[Record, Path]:
    """Store a record and put its file where its decision says.

    :param record: One without an id.
    :returns: The stored record, and its file.
    :raises StoreError: If something is in the way of the file, in which case nothing was
        stored; or if the database or the file cannot be written.
    """
    if first_status(record.decision).usable:
        known = store.known_sources(record.class_name)
        check_publishable(record, user_data_dir, known)
    stored = store.add(record, attempts)
    return stored, place(store, stored, user_data_dir)


def place(store: Store, record: Record, user_data_dir: Path) -> Path:
    """Put the file of a stored record where its status says. Doing it again changes nothing.

    For an earlier revision that was allowed or approved, this restores it.

    :raises StoreError: If something is in the way, or the file cannot be written.
    """
    if record.status.usable:
        return publish(record, user_data_dir, known=store.known_sources(record.class_name))
    return save_draft(record, user_data_dir)


def approve(store: Store, name_or_id: str, reason: str, user_data_dir: Path) -> tuple[Record, Path]:
    """Approve a record and put its file where Freqtrade looks.

    One that was allowed or approved already, but whose file went missing or made way for
    another revision, gets its place back; nothing else about it changes.

    :raises RecordNotFound: If there is no such record.
    :raises StoreError: If it cannot be approved, or something is in the way of its file.
    """
    record = store.find(name_or_id)
    check_approvable(store, record, user_data_dir)
    if not record.status.usable:
        record = store.approve(record.id, reason)
    return record, place(store, record, user_data_dir)


def check_approvable(store: Store, record: Record, user_data_dir: Path) -> None:
    """Make sure that a record may be approved, or get its place back.

    :raises StoreError: If not, or if something is in the way of its file.
    """
    known = store.known_sources(record.class_name)
    if not record.status.usable or file_state(record, user_data_dir, known) is FileState.CURRENT:
        check_transition(record, Status.APPROVED)
    check_publishable(record, user_data_dir, known)


def reject(store: Store, name_or_id: str, reason: str, user_data_dir: Path) -> tuple[Record, Path]:
    """Reject a record, take its file from where Freqtrade looks, and keep it as a draft.

    :raises RecordNotFound: If there is no such record.
    :raises StoreError: If it cannot be rejected, or its file cannot be removed.
    """
    record = store.find(name_or_id)
    check_transition(record, Status.REJECTED)
    withdraw(record, user_data_dir)
    record = store.reject(record.id, reason)
    return record, save_draft(record, user_data_dir)
