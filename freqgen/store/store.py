"""Keeping records: who was first, what came after, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from freqgen.exceptions import RecordNotFound, StoreError
from freqgen.printable import printable
from freqgen.store import database
from freqgen.store.decisions import changes_of, note
from freqgen.store.record import Attempt, Record, StatusChange, now, sha256_json, sha256_text
from freqgen.store.rows import attempt_of, attempt_values, new_id, record_of, record_values
from freqgen.store.schema import (
    SCHEMA_VERSION,
    AttemptRow,
    Base,
    RecordRow,
    SchemaRow,
)
from freqgen.store.status import Status, check_transition, described, first_status

_RETRIES = 50


class Store:
    """Records in a database. Make one with :meth:`open`; use it as a context or close it.

    Every method is one transaction: it happens as a whole or not at all, whatever interrupts
    it. Several processes may use one database at the same time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | Path, *, create: bool = True, busy_seconds: float = 10.0) -> Store:
        """Open the records. Where they cannot be written, they can still be read.

        :param url: A database URL as SQLAlchemy has it, or the path of a SQLite file.
        :param create: Whether to create the database if it is not there.
        :param busy_seconds: How long to wait while another process writes to a SQLite file.
        :raises StoreError: If the database cannot be opened, is not there and must not be
            created, or was made by a later freqgen.
        """
        parsed = database.parse_url(database.sqlite_url(url) if isinstance(url, Path) else url)
        file = database.database_file(parsed)
        if file is not None and not create and not file.exists():
            raise StoreError(f"there are no records yet in {printable(file)}", hint=_NOTHING_YET)
        with database.in_words(parsed):
            if file is not None and not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                database.create_private(file)
            parsed = database.read_only_url(parsed)
            engine = database.connect(parsed, busy_seconds=busy_seconds)
            try:
                store = cls(engine)
                store._check_schema(create=create)
            except BaseException:
                engine.dispose()
                raise
            return store

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def location(self) -> str:
        """What the database is called in messages."""
        return database.shown(self._engine.url)

    def _check_schema(self, *, create: bool) -> None:
        version = self._schema_version()
        if version is None and create:
            database.keep_write_ahead_log(self._engine)
            try:
                self._create_tables()
            except IntegrityError:  # a server where another process was faster
                version = self._schema_version()
            else:
                version = SCHEMA_VERSION
        if version is None:
            raise StoreError(f"there are no records yet in {self.location}", hint=_NOTHING_YET)
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the database {self.location} was made by a later freqgen (tables of version "
                f"{version}, this one knows {SCHEMA_VERSION})",
                hint="update freqgen, or set db_url to another database",
            )

    def _schema_version(self) -> int | None:
        with database.reading(self._engine) as connection:
            if not inspect(connection).has_table(SchemaRow.__tablename__):
                return None
            return connection.execute(select(SchemaRow.version)).scalar_one_or_none()

    def _create_tables(self) -> None:
        with database.writing(self._engine) as connection:
            Base.metadata.create_all(connection)
            if connection.execute(select(SchemaRow.version)).scalar_one_or_none() is None:
                row = {"id": 1, "version": SCHEMA_VERSION, "created": now().isoformat()}
                connection.execute(insert(SchemaRow).values(row))

    # Writing

    def add(self, record: Record, attempts: Iterable[Attempt] = ()) -> Record:
        """Store a new record with its attempts.

        :param record: One without an id. Its status must be the first one of its decision.
        :returns: The record with its id, its revision (one more than the last of that name)
            and the id of that last one as parent.
        :raises StoreError: If it was stored before, or cannot be written.
        """
        if record.id:
            raise StoreError(f"the record {record.id} is stored already")
        kept = list(attempts)
        problem: Exception | None = None
        for _ in range(_RETRIES):
            try:
                with database.in_words(self._engine.url):
                    return self._insert(record, kept)
            except StoreError as exc:
                # Another process took the revision between our reading and writing. SQLite's
                # immediate transactions rule it out; other databases let it happen.
                if not isinstance(exc.__cause__, IntegrityError):
                    raise
                problem = exc
        raise StoreError(
            f'no revision of "{record.name}" could be taken, others write all the time',
            hint="try again when fewer freqgen run at once",
        ) from problem

    def _insert(self, record: Record, attempts: Sequence[Attempt]) -> Record:
        with database.writing(self._engine) as connection:
            last = connection.execute(
                select(RecordRow.id, RecordRow.revision)
                .where(RecordRow.name == record.name)
                .order_by(RecordRow.revision.desc())
                .limit(1)
            ).first()
            stored = replace(
                record,
                id=new_id(record.created),
                revision=last.revision + 1 if last else 1,
                parent=last.id if last else None,
                status=first_status(record.decision),
            )
            connection.execute(insert(RecordRow).values(record_values(stored)))
            for attempt in attempts:
                values = attempt_values(replace(attempt, record_id=stored.id))
                connection.execute(insert(AttemptRow).values(values))
            note(connection, stored.id, None, stored.status, "")
            return stored

    def approve(self, name_or_id: str, reason: str = "") -> Record:
        """Approve what waits for it, or take a rejection back.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be approved, saying why.
        """
        return self.set_status(name_or_id, Status.APPROVED, reason)

    def reject(self, name_or_id: str, reason: str = "") -> Record:
        """Reject a record that is a draft, waits, was allowed or was approved.

        Remove its file first (:func:`freqgen.store.files.withdraw`).

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be rejected, saying why.
        """
        return self.set_status(name_or_id, Status.REJECTED, reason)

    def set_status(self, name_or_id: str, status: Status, reason: str = "") -> Record:
        """Note a person's decision. See :data:`TRANSITIONS` for what is possible.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If its status does not lead there.
        """
        record = self.find(name_or_id)
        check_transition(record, status)
        with (
            database.in_words(self._engine.url),
            database.writing(self._engine) as connection,
        ):
            changed = connection.execute(
                update(RecordRow)
                .where(RecordRow.id == record.id, RecordRow.status == record.status.value)
                .values(status=status.value)
            )
            if changed.rowcount != 1:
                raise StoreError(
                    f"somebody else decided about {described(record)} at the same time",
                    hint=f"freqgen show {record.id} shows what they decided",
                )
            note(connection, record.id, record.status, status, reason)
        return replace(record, status=status)

    # Reading

    def get(self, record_id: str) -> Record:
        """The record of an id, or of the beginning of one that no other id shares.

        :raises RecordNotFound: Naming the nearest ids and names.
        :raises StoreError: If several ids begin so, or the record was tampered with.
        """
        wanted = record_id.strip().lower()
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            rows: Sequence[Row[Any]] = []
            if wanted:
                rows = connection.execute(
                    select(RecordRow.__table__)
                    .where(RecordRow.id.startswith(wanted, autoescape=True))
                    .order_by(RecordRow.id)
                    .limit(6)
                ).all()
            if len(rows) == 1:
                return self._verified(connection, rows[0])
            if rows:
                some = ", ".join(f"{row.id} ({row.name})" for row in rows[:5])
                raise StoreError(
                    f'several records begin with "{wanted}": {some}{", …" if rows[5:] else ""}',
                    hint="type more of the id",
                )
            raise self._not_found(connection, record_id)

    def latest(self, name: str) -> Record:
        """The last revision of a name.

        :raises RecordNotFound: Naming the nearest names.
        """
        return self._revision(name, None)

    def _revision(self, name: str, revision: int | None) -> Record:
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            query = select(RecordRow.__table__).where(RecordRow.name == name)
            if revision is not None:
                query = query.where(RecordRow.revision == revision)
            row = connection.execute(query.order_by(RecordRow.revision.desc()).limit(1)).first()
            if row is None:
                wanted = name if revision is None else f"{name}@{revision}"
                raise self._not_found(connection, wanted)
            return self._verified(connection, row)

    def find(self, name_or_id: str) -> Record:
        """The record that a user means: a name (its last revision), ``NAME@2`` (its second),
        an id, or the beginning of one.

        :raises RecordNotFound: Naming the nearest names and ids.
        :raises StoreError: If several ids begin so, or the record was tampered with.
        """
        wanted = name_or_id.strip()
        name, at, number = wanted.rpartition("@")
        if at and number.isascii() and number.isdigit() and len(number) < 10:
            return self._revision(name, int(number))
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            known = connection.execute(
                select(RecordRow.id).where(RecordRow.name == wanted).limit(1)
            ).first()
        return self.latest(wanted) if known else self.get(wanted)

    def list(
        self,
        *,
        name: str | None = None,
        status: Status | None = None,
        limit: int | None = None,
    ) -> Sequence[Record]:
        """Records, newest first. One that was tampered with is listed all the same: it is
        using it that fails.

        :param name: Only this name.
        :param status: Only this status.
        :param limit: At most so many.
        """
        query = select(RecordRow.__table__)
        if name is not None:
            query = query.where(RecordRow.name == name)
        if status is not None:
            query = query.where(RecordRow.status == status.value)
        query = query.order_by(RecordRow.created.desc(), RecordRow.revision.desc())
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            return [record_of(row) for row in connection.execute(query.limit(limit))]

    def history(self, name: str) -> Sequence[Record]:
        """All revisions of a name, first to last.

        :raises RecordNotFound: If there are none.
        """
        query = select(RecordRow.__table__).where(RecordRow.name == name)
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            rows = connection.execute(query.order_by(RecordRow.revision)).all()
            if not rows:
                raise self._not_found(connection, name)
            return [self._verified(connection, row) for row in rows]

    def attempts(self, name_or_id: str) -> Sequence[Attempt]:
        """The attempts of a record, in the order they were made.

        :raises RecordNotFound: If there is no such record.
        """
        record = self.find(name_or_id)
        query = select(AttemptRow.__table__).where(AttemptRow.record_id == record.id)
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            return [
                attempt_of(row) for row in connection.execute(query.order_by(AttemptRow.number))
            ]

    def decisions(self, name_or_id: str) -> Sequence[StatusChange]:
        """What was decided about a record, first to last.

        :raises RecordNotFound: If there is no such record.
        """
        record = self.find(name_or_id)
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            return changes_of(connection, record.id)

    def known_sources(self, class_name: str) -> frozenset[str]:
        """Digests of every source that was ever stored for a class."""
        query = select(RecordRow.source_sha256).where(RecordRow.class_name == class_name)
        with database.in_words(self._engine.url), database.reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def _verified(self, connection: Connection, row: Row[Any]) -> Record:
        record = record_of(row)
        if record.source_sha256 != sha256_text(record.source):
            raise _tampered(record, "its source does not match its digest")
        if record.design is not None and record.design_sha256 != sha256_json(record.design):
            raise _tampered(record, "its design does not match its digest")
        if row.fingerprint != record.fingerprint:
            raise _tampered(record, "a field does not match the digest of the record")
        changes = changes_of(connection, record.id)
        if not changes or changes[-1].status is not record.status:
            raise _tampered(record, f"nobody is on record for having made it {record.status}")
        return record

    def _not_found(self, connection: Connection, wanted: str) -> RecordNotFound:
        names = connection.execute(
            select(RecordRow.name)
            .group_by(RecordRow.name)
            .order_by(func.max(RecordRow.created).desc())
        ).scalars()
        known = {name.lower(): name for name in names}
        ids = connection.execute(
            select(RecordRow.id).order_by(RecordRow.created.desc()).limit(200)
        ).scalars()
        close = get_close_matches(
            wanted.lower(), [*known, *(str(one) for one in ids)], n=3, cutoff=0.6
        )
        near = ", ".join(known.get(one, one) for one in close)
        meant = f"; did you mean {near}?" if near else ""
        if not known:
            return RecordNotFound(
                f'there is no record "{wanted}", nor any other', hint=_NOTHING_YET
            )
        return RecordNotFound(
            f'there is no record "{wanted}"{meant}', hint="freqgen list shows all records"
        )


_NOTHING_YET = (
    'freqgen generate "Buy when RSI(14) is below 30. Sell when RSI rises above 70." makes one'
)


def _tampered(record: Record, what: str) -> StoreError:
    return StoreError(
        f"the record {described(record)} was altered outside freqgen: {what}",
        hint="restore the database from a backup, or generate the strategy again",
    )
