"""A database that cannot be used says so in a sentence, and what to do about it."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from freqgen.exceptions import StoreError
from freqgen.store import database
from freqgen.store.schema import SCHEMA_VERSION
from freqgen.store.store import Store
from tests.store.making import record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one record."""
    file = tmp_path / "freqgen.sqlite"
    with Store.open(file) as store:
        store.add(record())
    return file


@contextmanager
def other(file: Path, *statements: str) -> Iterator[None]:
    """What another program does to the database at the same time."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
        yield
    finally:
        connection.close()


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "message", "hint"),
        [
            ("no url", "cannot be read", "sqlite:////"),
            ("", "cannot be read", "postgresql"),
            ("postgresql://me:s3cret@host:port/x", "cannot be read", "db_url"),
            ("sqlite:///", "names no file", "path"),
            ("nosuch://host/x", 'no database of the kind "nosuch"', "sqlite"),
            ("mssql+pymssql://me:s3cret@host/x", "driver .* is not installed", "pip install"),
        ],
    )
    def test_that_cannot_be_used(self, url: str, message: str, hint: str) -> None:
        with pytest.raises(StoreError, match=message) as error:
            Store.open(url)
        assert hint in error.value.hint
        assert "s3cret" not in error.value.message + error.value.hint

    def test_in_memory_lives_as_long_as_the_store(self) -> None:
        with Store.open("sqlite://") as store:
            stored = store.add(record())
            assert store.get(stored.id) == stored
            assert store.location == "sqlite://"

    def test_of_a_server_hides_its_password(self) -> None:
        url = database.parse_url("postgresql://me:s3cret@host/x")
        failure = OperationalError("select", {}, Exception("no host for me:s3cret\nmore\nlines"))
        with pytest.raises(StoreError, match="no host for me") as error, database.in_words(url):
            raise failure
        assert "s3cret" not in error.value.message
        assert "more" not in error.value.message
        assert database.database_file(url) is None

    def test_as_sqlite_has_them_may_open_a_file_read_only(self, file: Path) -> None:
        with Store.open(f"sqlite:///file:{file}?mode=ro&uri=true") as store:
            assert len(store.list()) == 1
            with pytest.raises(StoreError, match="cannot be written") as error:
                store.add(record())
        assert "permissions" in error.value.hint


class TestReadOnlyPlaces:
    @pytest.fixture
    def places(self, monkeypatch: pytest.MonkeyPatch) -> set[Path]:
        """What cannot be written; a test that runs as root could write everywhere."""
        closed: set[Path] = set()
        monkeypatch.setattr("os.access", lambda path, _mode: Path(path) not in closed)
        return closed

    @pytest.mark.parametrize("folder_too", [True, False], ids=["disk", "file"])
    def test_can_be_read(self, file: Path, places: set[Path], folder_too: bool) -> None:
        places |= {file, file.parent} if folder_too else {file}
        before = sorted(file.parent.iterdir())
        with Store.open(file) as store:
            assert len(store.list()) == 1
            assert store.find("Reversion").revision == 1
            assert store.location == str(file)
            with pytest.raises(StoreError, match="cannot be written") as error:
                store.add(record())
        assert str(file) in error.value.message
        if folder_too:
            assert sorted(file.parent.iterdir()) == before

    def test_a_log_that_is_left_is_not_passed_over(self, file: Path, places: set[Path]) -> None:
        places |= {file, file.parent}
        file.with_name(f"{file.name}-wal").write_bytes(b"x")
        url = database.read_only_url(database.parse_url(database.sqlite_url(file)))
        assert "immutable" not in str(url)


class TestOpening:
    def test_a_new_database_is_its_owner_s_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "new.sqlite"
        with Store.open(file) as store:
            store.add(record())
        assert file.stat().st_mode & 0o777 == 0o600

    def test_without_creating_leaves_nothing_behind(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="no records yet") as error:
            Store.open(tmp_path / "a" / "b.sqlite", create=False)
        assert "freqgen generate" in error.value.hint
        assert list(tmp_path.iterdir()) == []

    def test_without_creating_does_not_add_tables(self, tmp_path: Path) -> None:
        file = tmp_path / "trades.sqlite"
        with other(file, "CREATE TABLE trades (id INTEGER)"):
            pass
        with pytest.raises(StoreError, match="no records yet"):
            Store.open(file, create=False)

    def test_without_creating_opens_what_is_there(self, file: Path) -> None:
        with Store.open(file, create=False) as store:
            assert len(store.list()) == 1
            assert store.location == str(file)

    def test_of_a_later_version_is_refused(self, file: Path) -> None:
        with other(file, "UPDATE freqgen_schema SET version = 99"):
            pass
        with pytest.raises(StoreError, match=f"version 99, this one knows {SCHEMA_VERSION}") as e:
            Store.open(file)
        assert "update freqgen" in e.value.hint

    def test_lets_others_read_during_a_write(self, file: Path) -> None:
        with (
            Store.open(file, busy_seconds=0) as store,
            other(file, "BEGIN IMMEDIATE", "UPDATE freqgen_records SET brief = 'x'"),
        ):
            assert store.find("Reversion").brief == "Buy when RSI is below 30"

    def test_made_by_another_process_meanwhile_is_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "new.sqlite"
        keep = database.keep_write_ahead_log

        def slower_than_another(engine: object) -> None:
            monkeypatch.setattr(database, "keep_write_ahead_log", keep)
            with Store.open(file) as faster:
                faster.add(record())
            keep(engine)

        monkeypatch.setattr(database, "keep_write_ahead_log", slower_than_another)
        with Store.open(file) as store:
            assert len(store.list()) == 1


class TestBroken:
    @pytest.mark.parametrize("call", [lambda s: s.list(), lambda s: s.add(record())])
    def test_pages_are_named_damaged(self, file: Path, call: object) -> None:
        with Store.open(file) as store:
            content = bytearray(file.read_bytes())
            content[4096:] = b"\xff" * (len(content) - 4096)
            file.write_bytes(content)
            with pytest.raises(StoreError, match="is damaged") as error:
                call(store)
        assert "backup" in error.value.hint

    def test_file_of_another_kind_is_not_touched(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("these are my notes, not a database" * 100)
        before = file.read_bytes()
        with pytest.raises(StoreError, match="is no SQLite database"):
            Store.open(file)
        assert file.read_bytes() == before

    def test_lock_is_named(self, file: Path) -> None:
        with (
            Store.open(file, busy_seconds=0) as store,
            other(file, "BEGIN IMMEDIATE"),
            pytest.raises(StoreError, match="locked by another process") as error,
        ):
            store.add(record())
        assert "try again" in error.value.hint

    def test_folder_in_place_of_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be opened"):
            Store.open(tmp_path)

    @pytest.mark.parametrize("place", ["/proc/freqgen/x.sqlite", "/dev/null/x.sqlite"])
    def test_place_that_nobody_may_write_to(self, place: str) -> None:
        with pytest.raises(StoreError, match="cannot be used") as error:
            Store.open(Path(place))
        assert "db_url" in error.value.hint

    def test_disk_that_is_full_loses_nothing(self, file: Path) -> None:
        """A limit of the size of files is a disk that is really full, for one process."""
        script = (
            "import sys; from pathlib import Path\n"
            "from freqgen.exceptions import StoreError\n"
            "from freqgen.store.store import Store\n"
            "from tests.store.making import record\n"
            "store = Store.open(Path(sys.argv[1]))\n"
            "try:\n"
            "    store.add(record(source='#' * 4_000_000))\n"
            "except StoreError as error:\n"
            "    print(error.message); print(error.hint)\n"
        )

        def small_files() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))

        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", script, str(file)],
            env=environment,
            preexec_fn=small_files,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "disk is full" in done.stdout
        assert "free" in done.stdout
        with Store.open(file) as store:
            assert [one.revision for one in store.list()] == [1]
            assert store.add(record()).revision == 2
