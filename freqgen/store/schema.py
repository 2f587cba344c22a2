"""The tables, with a metadata of their own and the prefix ``freqgen_``.

So they can share a database with Freqtrade's trades without either touching the other's.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 1
"""Raised whenever the tables change; a database of a higher version is refused."""


class Base(DeclarativeBase):
    """Base of freqgen's tables, and of no others."""

    metadata = MetaData()


class SchemaRow(Base):
    """The version of the tables: one row."""

    __tablename__ = "freqgen_schema"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    created: Mapped[str] = mapped_column(String(32))


class RecordRow(Base):
    """A record.

    JSON and times are kept as text, which every database returns unaltered: digests hold.
    """

    __tablename__ = "freqgen_records"
    __table_args__ = (
        UniqueConstraint("name", "revision", name="freqgen_records_name_revision"),
        CheckConstraint("revision >= 1", name="freqgen_records_revision_from_1"),
        Index("freqgen_records_status", "status"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    parent: Mapped[str | None] = mapped_column(String(12), ForeignKey("freqgen_records.id"))
    status: Mapped[str] = mapped_column(String(16))
    decision: Mapped[str | None] = mapped_column(String(16))
    created: Mapped[str] = mapped_column(String(32))
    class_name: Mapped[str] = mapped_column(String(200))
    brief: Mapped[str] = mapped_column(Text)
    constraints: Mapped[str] = mapped_column(Text)
    reading: Mapped[str] = mapped_column(Text)
    design: Mapped[str] = mapped_column(Text)
    design_sha256: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    source_sha256: Mapped[str] = mapped_column(String(64), index=True)
    design_origin: Mapped[str] = mapped_column(String(200))
    code_origin: Mapped[str] = mapped_column(String(200))
    findings: Mapped[str] = mapped_column(Text)
    gates: Mapped[str] = mapped_column(Text)
    measurements: Mapped[str] = mapped_column(Text)
    market: Mapped[str | None] = mapped_column(String(16))
    exchange: Mapped[str] = mapped_column(String(64))
    trading_mode: Mapped[str] = mapped_column(String(16))
    timerange: Mapped[str] = mapped_column(String(32))
    usage: Mapped[str] = mapped_column(Text)
    timings: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    freqgen_version: Mapped[str] = mapped_column(String(40))
    freqtrade_version: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(64))


class AttemptRow(Base):
    """A question to a provider and what came of it."""

    __tablename__ = "freqgen_attempts"

    record_id: Mapped[str] = mapped_column(ForeignKey("freqgen_records.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(200))
    prompt_sha256: Mapped[str] = mapped_column(String(64))
    reply: Mapped[str] = mapped_column(Text)
    findings: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float]
    usage: Mapped[str] = mapped_column(Text)
    error: Mapped[str] = mapped_column(Text)


class StatusChangeRow(Base):
    """A decision about a record. Rows are added and never altered."""

    __tablename__ = "freqgen_status_changes"

    number: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("freqgen_records.id"), index=True)
    time: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
