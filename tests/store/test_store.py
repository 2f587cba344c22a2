"""Records are kept, counted, found and decided about."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from freqgen.evaluation.gate import Decision
from freqgen.exceptions import RecordNotFound, StoreError
from freqgen.store import store as store_module
from freqgen.store.database import default_url
from freqgen.store.record import Record, Status
from freqgen.store.rows import ID_ALPHABET, new_id
from freqgen.store.schema import Base
from freqgen.store.status import TRANSITIONS
from freqgen.store.store import Store
from tests.store.making import attempt, record, strategy

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "freqgen" / "freqgen.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(file) as opened:
        yield opened


class TestAdding:
    def test_gives_id_revision_and_parent(self, store: Store) -> None:
        first, second = store.add(record()), store.add(record(number=2))
        other = store.add(record("Other"))
        assert (first.revision, first.parent) == (1, None)
        assert (second.revision, second.parent) == (2, first.id)
        assert (other.revision, other.parent) == (1, None)

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"design": None, "reading": None, "decision": None, "source": "", "brief": ""},
            {"measurements": {"b": {"sharpe": float("nan")}}},
            {"source": "# ünïcode \N{ROCKET}\r\n", "brief": "x" * 20_000},
        ],
        ids=["full", "empty", "not a number", "unicode"],
    )
    def test_what_was_stored_comes_back(self, store: Store, fields: dict) -> None:
        stored = store.add(record(**fields))
        assert store.get(stored.id) == stored

    def test_keeps_attempts_in_order(self, store: Store) -> None:
        stored = store.add(record(), [attempt(1, error="no reply"), attempt(2)])
        kept = store.attempts(stored.id)
        assert [one.number for one in kept] == [1, 2]
        assert kept[0].error == "no reply"
        assert kept[1].reply == strategy()
        assert kept[1].usage.input_tokens == 7
        assert {one.record_id for one in kept} == {stored.id}

    @pytest.mark.parametrize(
        "fields",
        [
            {"reason": "first"},
            {"step": "repair", "reason": "repair"},
            {"reason": "fresh"},
            {"reason": "first", "source": "x = 1\n", "mended": ({"code": "FG303", "line": 3},)},
            {"step": "design", "findings": ()},
        ],
        ids=["first", "repair", "fresh", "mended", "a design"],
    )
    def test_keeps_what_was_mended_and_why(self, store: Store, fields: dict) -> None:
        given = attempt(1, **fields)
        stored = store.add(record(), [given])
        assert store.attempts(stored.id) == [replace(given, record_id=stored.id)]

    def test_reads_attempts_of_an_older_freqgen(self, store: Store, file: Path) -> None:
        """Which had a list of findings in that column, and writes one still where it can."""
        stored = store.add(record(), [attempt(1, reason="first"), attempt(2, step="repair")])
        with closing(sqlite3.connect(file)) as database:
            rows = database.execute("SELECT findings FROM freqgen_attempts").fetchall()
        assert rows == [('[{"code":"FG101"}]',)] * 2
        kept = store.attempts(stored.id)
        assert [one.reason for one in kept] == ["first", "repair"]
        assert [one.findings for one in kept] == [({"code": "FG101"},)] * 2

    def test_all_or_nothing(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.add(record(), [attempt(1), attempt(1)])
        assert store.list() == []

    def test_twice_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="stored already"):
            store.add(store.add(record()))

    def test_broken_text_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="not valid Unicode"):
            store.add(record(brief="\ud800"))

    def test_by_several_processes_counts_without_gap_or_double(self, file: Path) -> None:
        script = (
            "import sys; from pathlib import Path\n"
            "from freqgen.store.store import Store\n"
            "from tests.store.making import record\n"
            "with Store.open(Path(sys.argv[1]), busy_seconds=60) as store:\n"
            "    for number in range(10):\n"
            "        store.add(record(number=number))\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        writers = [
            subprocess.Popen([sys.executable, "-c", script, str(file)], env=environment)
            for _ in range(3)
        ]
        assert [writer.wait() for writer in writers] == [0, 0, 0]
        with Store.open(file) as store:
            history = store.history("Reversion")
        assert [one.revision for one in history] == list(range(1, 31))
        assert [one.parent for one in history] == [None, *(one.id for one in history[:-1])]

    def test_takes_the_next_revision_when_another_was_faster(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a database without immediate transactions does."""
        insert, collisions = Store._insert, [3]

        def late(self: Store, *args: object) -> Record:
            if collisions[0]:
                collisions[0] -= 1
                raise IntegrityError("insert", {}, Exception("unique"))
            return insert(self, *args)

        monkeypatch.setattr(Store, "_insert", late)
        assert store.add(record()).revision == 1
        collisions[0] = 10_000
        with pytest.raises(StoreError, match="no revision"):
            store.add(record())


class TestIds:
    def test_are_short_and_distinct(self, store: Store) -> None:
        ids = [store.add(record()).id for _ in range(20)]
        assert len(set(ids)) == 20
        assert all(len(one) == 12 and set(one) <= set(ID_ALPHABET) for one in ids)

    @given(st.integers(1, 5 * 10**8), st.integers(1, 5 * 10**8))
    def test_sort_by_time(self, one: int, two: int) -> None:
        begin = datetime(2024, 1, 1, tzinfo=UTC)
        earlier, later = sorted({one, one + two})
        assert new_id(begin + timedelta(seconds=earlier)) < new_id(begin + timedelta(seconds=later))

    def test_are_no_names_of_classes(self) -> None:
        for year in range(2024, 2034):
            assert not new_id(datetime(year, 6, 1, tzinfo=UTC)).isidentifier()


class TestFinding:
    def test_by_name_finds_the_last_revision(self, store: Store) -> None:
        store.add(record())
        last = store.add(record(number=2))
        assert store.find("Reversion") == store.latest("Reversion") == last

    def test_by_name_and_revision(self, store: Store) -> None:
        first = store.add(record())
        store.add(record(number=2))
        assert store.find("Reversion@1") == first

    def test_by_the_beginning_of_an_id(self, store: Store) -> None:
        stored = store.add(record())
        for wanted in (
            stored.id,
            stored.id[:9],
            stored.id[:1],
            stored.id.upper(),
            f" {stored.id} ",
        ):
            assert store.find(wanted) == stored

    def test_several_that_begin_so_are_named(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = iter([f"3a{number}" for number in range(7)])
        monkeypatch.setattr(store_module, "new_id", lambda _moment: next(ids))
        for number in range(7):
            store.add(record(f"Name{number}"))
        with pytest.raises(StoreError, match=r"3a0 \(Name0\), .*, …") as error:
            store.get("3a")
        assert "more of the id" in error.value.hint
        assert store.get("3a4").name == "Name4"

    @pytest.mark.parametrize(
        ("wanted", "near"),
        [
            ("Revresion", "did you mean Reversion"),
            ("reversion", "did you mean Reversion"),
            ("Reversion@9", "did you mean Reversion"),
            ("zzzz", 'no record "zzzz"$'),
            ("%", 'no record "%"$'),
            ("", 'no record ""$'),
            ("Reversion@x", "did you mean Reversion"),
        ],
    )
    def test_nothing_names_what_is_near(self, store: Store, wanted: str, near: str) -> None:
        store.add(record())
        with pytest.raises(RecordNotFound, match=near) as error:
            store.find(wanted)
        assert "freqgen list" in error.value.hint

    def test_a_mistyped_id_names_the_nearest(self, store: Store) -> None:
        stored = store.add(record())
        with pytest.raises(RecordNotFound, match=f"did you mean {stored.id}"):
            store.get(stored.id[:8] + "uuuu")

    @pytest.mark.parametrize("call", [Store.find, Store.latest, Store.history, Store.attempts])
    def test_in_an_empty_store_says_how_to_begin(self, store: Store, call: object) -> None:
        with pytest.raises(RecordNotFound) as error:
            call(store, "Reversion")
        assert "freqgen generate" in error.value.hint


class TestListing:
    def test_is_newest_first_and_filters(self, store: Store) -> None:
        allowed = store.add(record())
        pending = store.add(record("Other", decision=Decision.REVIEW))
        last = store.add(record(number=2))
        assert list(store.list()) == [last, pending, allowed]
        assert list(store.list(name="Reversion")) == [last, allowed]
        assert list(store.list(status=Status.PENDING)) == [pending]
        assert list(store.list(limit=1)) == [last]
        assert list(store.list(name="nobody")) == []

    def test_history_is_first_to_last(self, store: Store) -> None:
        first, second = store.add(record()), store.add(record(number=2))
        assert list(store.history("Reversion")) == [first, second]

    def test_known_sources_are_those_of_all_revisions(self, store: Store) -> None:
        first, second = store.add(record()), store.add(record(number=2))
        store.add(record("Other"))
        assert store.known_sources("Reversion") == {first.source_sha256, second.source_sha256}


DECISIONS = {
    Status.DRAFT: None,
    Status.PENDING: Decision.REVIEW,
    Status.ALLOWED: Decision.ALLOW,
    Status.DENIED: Decision.DENY,
}


class TestDeciding:
    def test_is_kept_with_time_and_reason(self, store: Store) -> None:
        stored = store.add(record(decision=Decision.REVIEW))
        approved = store.approve(stored.id, "few trades, but good ones")
        assert approved.status is Status.APPROVED
        assert store.get(stored.id) == approved
        rejected = store.reject("Reversion", "changed my mind")
        assert rejected.status is Status.REJECTED
        changes = store.decisions(stored.id)
        assert [(one.previous, one.status, one.reason) for one in changes] == [
            (None, "pending", ""),
            ("pending", "approved", "few trades, but good ones"),
            ("approved", "rejected", "changed my mind"),
        ]
        assert changes[0].time < changes[1].time < changes[2].time
        assert changes[1].to_dict()["previous"] == "pending"

    @pytest.mark.parametrize(
        ("begin", "steps", "message", "hint"),
        [
            (Status.ALLOWED, ["approve"], "needs no approval", "freqgen paper Reversion"),
            (Status.PENDING, ["approve", "approve"], "is approved already", ""),
            (Status.PENDING, ["reject", "reject"], "is rejected already", ""),
            (Status.DENIED, ["approve"], "was denied and cannot", "--findings"),
            (Status.DENIED, ["reject"], "nothing to reject", ""),
            (Status.DRAFT, ["approve"], "never measured", "freqgen generate"),
            (Status.DRAFT, ["reject", "approve"], "never measured", "freqgen generate"),
        ],
        ids=lambda value: "+".join(value) if isinstance(value, list) else str(value),
    )
    def test_what_cannot_be_says_why(
        self, store: Store, begin: Status, steps: list[str], message: str, hint: str
    ) -> None:
        stored = store.add(record(decision=DECISIONS[begin]))
        for step in steps[:-1]:
            getattr(store, step)(stored.id)
        before = store.get(stored.id)
        with pytest.raises(StoreError, match=message) as error:
            getattr(store, steps[-1])(stored.id)
        assert hint in error.value.hint
        assert store.get(stored.id) == before

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING, Status.ALLOWED])
    def test_nobody_takes_freqgens_own_decisions(self, store: Store, status: Status) -> None:
        stored = store.add(record(decision=Decision.DENY))
        with pytest.raises(StoreError, match="nobody can make"):
            store.set_status(stored.id, status)

    @pytest.mark.parametrize("begin", DECISIONS)
    @given(wanted=st.lists(st.sampled_from(Status), max_size=5))
    def test_denied_and_unmeasured_never_become_usable(
        self, begin: Status, wanted: list[Status]
    ) -> None:
        with Store.open("sqlite://") as store:
            stored = store.add(record(decision=DECISIONS[begin]))
            now = stored.status
            for status in wanted:
                possible = status in TRANSITIONS[now]
                try:
                    now = store.set_status(stored.id, status).status
                except StoreError:
                    assert not possible or begin is Status.DRAFT
                else:
                    assert possible
            assert store.get(stored.id).status is now
            assert not (now.usable and begin in {Status.DENIED, Status.DRAFT})

    def test_two_at_once_is_one_too_many(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = store.add(record(decision=Decision.REVIEW))
        check = store_module.check_transition

        def somebody_else_meanwhile(*args: object) -> None:
            check(*args)
            monkeypatch.setattr(store_module, "check_transition", check)
            store.reject(stored.id)

        monkeypatch.setattr(store_module, "check_transition", somebody_else_meanwhile)
        with pytest.raises(StoreError, match="somebody else decided"):
            store.approve(stored.id)
        assert store.get(stored.id).status is Status.REJECTED
        assert len(store.decisions(stored.id)) == 2


class TestIntegrity:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ("source = 'import os'", "source does not match"),
            ("source_sha256 = 'x'", "source does not match"),
            ("design = '{}'", "design does not match"),
            ("brief = 'else'", "a field does not match"),
            ('measurements = \'{"backtest": {"trades": 999}}\'', "a field does not match"),
            ("decision = 'allow'", "a field does not match"),
            ("status = 'approved'", "nobody is on record"),
            ("status = 'fine'", "cannot be read"),
            ("findings = 'not JSON'", "cannot be read"),
            ('usage = \'{"calls": 1, "unheard": 2}\'', "cannot be read"),
            ("created = 'yesterday'", "cannot be read"),
        ],
    )
    def test_of_a_record_is_verified(
        self, store: Store, file: Path, change: str, message: str
    ) -> None:
        stored = store.add(record(decision=Decision.DENY))
        alter(file, f"UPDATE freqgen_records SET {change}")
        for call in (store.get, store.find):
            with pytest.raises(StoreError, match=message) as error:
                call(stored.id)
            assert stored.id in error.value.message
            assert error.value.hint

    def test_of_one_record_is_not_anothers_matter(self, store: Store, file: Path) -> None:
        broken, whole = store.add(record()), store.add(record("Other"))
        alter(file, f"UPDATE freqgen_records SET source = '' WHERE id = '{broken.id}'")
        assert store.find("Other") == whole
        assert len(store.list()) == 2


def alter(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


class TestTables:
    def test_share_a_database_with_freqtrade(self, tmp_path: Path) -> None:
        from freqtrade.persistence.base import ModelBase
        from freqtrade.persistence.trade_model import Trade

        assert Base.metadata is not ModelBase.metadata
        assert not set(Base.metadata.tables) & set(ModelBase.metadata.tables)
        assert Trade.__tablename__ not in Base.metadata.tables
        file = tmp_path / "tradesv3.sqlite"
        alter(file, "CREATE TABLE trades (id INTEGER)")
        with Store.open(file) as store:
            store.add(record())
        connection = sqlite3.connect(file)
        assert connection.execute("SELECT count(*) FROM trades").fetchone() == (0,)
        connection.close()

    def test_in_a_user_directory_of_any_name(self, tmp_path: Path) -> None:
        user_data = tmp_path / "my data?100%25#ü @home"
        with Store.open(default_url(user_data)) as store:
            store.add(record())
        assert (user_data / "freqgen" / "freqgen.sqlite").is_file()
