"""Opening the database, and its errors in words.

SQLite is set up so that several processes can share the file: a write-ahead log, a wait for
locks, and transactions that say at once whether they are going to write.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool, StaticPool

from freqgen.exceptions import StoreError
from freqgen.printable import printable

DATABASE = Path("freqgen") / "freqgen.sqlite"
"""Where the records lie in a user directory."""

_WRITES = "freqgen_writes"


def default_url(user_data_dir: Path) -> str:
    """URL of the database in a user directory.

    :param user_data_dir: Freqtrade's user directory; may have any characters in its path.
    """
    return sqlite_url(user_data_dir / DATABASE)


def sqlite_url(file: Path) -> str:
    """URL of a SQLite file."""
    url = URL.create("sqlite", database=str(file.absolute()))
    return url.render_as_string(hide_password=False)


def parse_url(url: str) -> URL:
    """Take a database URL apart.

    :raises StoreError: If it is not one. The message does not repeat what was given, which may
        hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:
        raise StoreError(
            "the database URL cannot be read",
            hint='db_url is written as in "sqlite:////home/me/user_data/freqgen/freqgen.sqlite" '
            'or "postgresql+psycopg://user:password@host/database"',
        ) from exc
    if parsed.get_backend_name() == "sqlite" and url.strip() in {"sqlite:///", "sqlite:////"}:
        raise StoreError(
            f"the database URL {url.strip()} names no file",
            hint="append the path of the file, or leave db_url out to use the user directory",
        )
    return parsed


def database_file(url: URL) -> Path | None:
    """The file of a SQLite database, or ``None`` for one in memory or on a server."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    database = str(url.database)
    return None if database.startswith("file:") else Path(database)


def create_private(file: Path) -> None:
    """Create an empty file that its owner alone may read, as briefs are nobody else's business.

    SQLite takes it for a new database, and gives the files beside it the same permissions.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def read_only_url(url: URL) -> URL:
    """The same database, opened in a way that works where nothing can be written.

    A write-ahead log needs a file beside the database even for reading. SQLite does without
    where it is told that nobody changes the file (https://www.sqlite.org/wal.html#readonly).
    A log that is there may hold what is not in the file yet, and must not be passed over.
    """
    file = database_file(url)
    if file is None or (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        return url
    log = file.with_name(f"{file.name}-wal")
    alone = not os.access(file.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    options = "mode=ro&immutable=1" if alone else "mode=ro"
    name = quote(str(file.absolute()))
    return URL.create("sqlite", database=f"file:{name}?{options}", query={"uri": "true"})


def connect(url: URL, *, busy_seconds: float) -> Engine:
    """Make an engine.

    A SQLite file is opened anew for each transaction, so that nothing is held between calls
    and a forked process cannot share a connection by accident.

    :param busy_seconds: How long to wait while another process writes to a SQLite file.
    :raises StoreError: If there is no driver for such databases.
    """
    sqlite = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"pool_pre_ping": True}
    if sqlite:
        in_memory = database_file(url) is None
        options = {
            "poolclass": StaticPool if in_memory else NullPool,
            "connect_args": {"timeout": busy_seconds, "check_same_thread": not in_memory},
        }
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except NoSuchModuleError as exc:
        raise StoreError(
            f'there is no database of the kind "{url.drivername}"',
            hint='db_url begins with "sqlite:", "postgresql:", "mysql:" or another database that '
            "SQLAlchemy knows",
        ) from exc
    except ImportError as exc:
        raise StoreError(
            f'the driver "{exc.name}" for {url.drivername} databases is not installed',
            hint=f"pip install {exc.name}",
        ) from exc
    if sqlite:
        _set_up_sqlite(engine)
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        # Python's driver begins transactions by itself, and too late: after the first SELECT.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        # A reader that turns into a writer can fail at once however long it would wait; one
        # that says so in advance queues up.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def keep_write_ahead_log(engine: Engine) -> None:
    """Switch a SQLite file to a write-ahead log, which lets others read during a write.

    It is a property of the file and stays. File systems that cannot do it keep their journal.
    """
    if database_file(engine.url) is None:
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()
    finally:
        connection.close()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; all of it happens, or nothing does."""
    with engine.connect() as connection:
        options = connection.execution_options(**{_WRITES: True})
        with options.begin():
            yield options


@contextmanager
def in_words(url: URL) -> Iterator[None]:
    """Turn the errors of databases and their drivers into messages.

    :raises StoreError: Saying what is wrong with which database, without its password.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as exc:
        raise _explain(exc, url) from exc
    except UnicodeEncodeError as exc:
        raise StoreError(
            f"{exc.object[exc.start : exc.end]!r} is not valid Unicode and cannot be stored",
            hint="remove the broken characters from the brief or the file",
        ) from exc
    except OSError as exc:
        raise StoreError(
            f"the database {shown(url)} cannot be used: {exc.strerror or exc}",
            hint="check the path and who may write there, or set db_url",
        ) from exc


def shown(url: URL) -> str:
    """What a database is called in messages: its file, or its URL without the password."""
    file = database_file(url)
    if file is None and url.get_backend_name() == "sqlite" and url.database:
        return printable(unquote(url.database.removeprefix("file:").partition("?")[0]))
    return printable(file) if file is not None else url.render_as_string(hide_password=True)


_SQLITE_ERRORS = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "is locked by another process",
        "wait until the other freqgen is done, then try again",
    ),
    (
        ("SQLITE_CORRUPT", "SQLITE_NOTADB"),
        "is damaged or is no SQLite database",
        "restore it from a backup, or move it away and start with an empty one; strategies and "
        "drafts stay where they are",
    ),
    (
        ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        "cannot be written",
        "check the permissions of the file and its folder, or set db_url to another place",
    ),
    (
        ("SQLITE_FULL",),
        "cannot grow, the disk is full",
        "free some space, then try again; nothing was half-written",
    ),
    (
        ("SQLITE_CANTOPEN",),
        "cannot be opened",
        "check the permissions of the file and its folder, or set db_url to another place",
    ),
    (
        ("SQLITE_IOERR",),
        "cannot be read or written, the disk is full or failing",
        "check the free space and the disk, then try again",
    ),
)


def _explain(exc: SQLAlchemyError | sqlite3.Error, url: URL) -> StoreError:
    original = exc.orig if isinstance(exc, DBAPIError) else exc
    name = getattr(original, "sqlite_errorname", "")
    for beginnings, what, hint in _SQLITE_ERRORS:
        if name.startswith(beginnings):
            return StoreError(f"the database {shown(url)} {what}", hint=hint)
    # Messages of servers repeat over several lines what was sent; the first line says it.
    reason = (str(original or exc).strip().splitlines() or [type(exc).__name__])[0]
    if url.password:
        reason = reason.replace(str(url.password), "***")
    return StoreError(
        f"the database {shown(url)} failed: {reason}",
        hint="check db_url and whether the database can be reached",
    )
