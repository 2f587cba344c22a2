"""A strategy file is there if its record permits it, is whole, and is nobody else's."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freqgen.evaluation.gate import Decision
from freqgen.exceptions import StoreError
from freqgen.store.atomic import write_whole
from freqgen.store.files import (
    FileState,
    draft_folder,
    file_state,
    parameters_file,
    publish,
    save_draft,
    strategy_path,
    withdraw,
)
from freqgen.store.keeping import approve, keep, place, reject
from freqgen.store.record import Status
from freqgen.store.store import Store
from tests.store.making import record, strategy


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    return tmp_path / "user_data"


@pytest.fixture
def store(user_data: Path) -> Iterator[Store]:
    with Store.open(user_data / "freqgen" / "freqgen.sqlite") as opened:
        yield opened


def files(folder: Path) -> dict[str, str]:
    """All files but the database, with their content."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "sqlite" not in path.name
    }


class TestKeeping:
    def test_allowed_goes_where_freqtrade_looks(self, store: Store, user_data: Path) -> None:
        stored, path = keep(store, record(), user_data_dir=user_data)
        assert path == user_data / stored.path == user_data / "strategies" / "Reversion.py"
        assert files(user_data) == {"strategies/Reversion.py": stored.source}

    @pytest.mark.parametrize(
        ("umask", "file", "folder"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700)]
    )
    def test_the_umask_is_respected(
        self, store: Store, user_data: Path, umask: int, file: int, folder: int
    ) -> None:
        before = os.umask(umask)
        try:
            _, path = keep(store, record(), user_data_dir=user_data)
            denied = record(name="Other", decision=Decision.DENY)
            _, draft = keep(store, denied, user_data_dir=user_data)
        finally:
            os.umask(before)
        assert path.stat().st_mode & 0o777 == draft.stat().st_mode & 0o777 == file
        assert draft.parent.stat().st_mode & 0o777 == folder

    @pytest.mark.parametrize("decision", [None, Decision.REVIEW, Decision.DENY])
    def test_anything_else_stays_a_draft(
        self, store: Store, user_data: Path, decision: Decision | None
    ) -> None:
        stored, path = keep(store, record(decision=decision), user_data_dir=user_data)
        folder = f"freqgen/drafts/{stored.id}"
        assert path == user_data / stored.path
        kept = files(user_data)
        assert list(kept) == [
            f"{folder}/Reversion.py",
            f"{folder}/design.json",
            f"{folder}/findings.json",
        ]
        assert kept[f"{folder}/Reversion.py"] == stored.source
        assert json.loads(kept[f"{folder}/design.json"]) == stored.design
        assert json.loads(kept[f"{folder}/findings.json"]) == list(stored.findings)

    def test_draft_without_design_and_source_has_findings(
        self, store: Store, user_data: Path
    ) -> None:
        empty = record(decision=Decision.DENY, design=None, source="")
        stored, path = keep(store, empty, user_data_dir=user_data)
        assert list(files(user_data)) == [f"freqgen/drafts/{stored.id}/findings.json"]
        assert not path.exists()

    def test_a_revision_takes_the_place_of_the_one_before(
        self, store: Store, user_data: Path
    ) -> None:
        first, _ = keep(store, record(), user_data_dir=user_data)
        second, path = keep(store, record(number=2), user_data_dir=user_data)
        assert path.read_text() == second.source
        known = store.known_sources("Reversion")
        assert file_state(first, user_data, known) is FileState.SUPERSEDED
        assert file_state(second, user_data, known) is FileState.CURRENT
        place(store, first, user_data)
        assert path.read_text() == first.source

    def test_a_denied_revision_leaves_the_allowed_one(self, store: Store, user_data: Path) -> None:
        first, path = keep(store, record(), user_data_dir=user_data)
        keep(store, record(number=2, decision=Decision.DENY), user_data_dir=user_data)
        assert path.read_text() == first.source

    def test_approving_moves_the_file(self, store: Store, user_data: Path) -> None:
        stored, draft = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        approved, _ = approve(store, stored.id, "fine", user_data)
        assert approved.status is Status.APPROVED
        assert files(user_data) == {"strategies/Reversion.py": stored.source}
        assert not draft.parent.exists()

    def test_approving_keeps_what_a_person_wrote_in_the_draft(
        self, store: Store, user_data: Path
    ) -> None:
        stored, draft = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        draft.write_text("# my changes")
        approve(store, stored.id, "", user_data)
        assert draft.read_text() == "# my changes"
        assert not (draft.parent / "design.json").exists()

    def test_rejecting_moves_it_back(self, store: Store, user_data: Path) -> None:
        stored, path = keep(store, record(), user_data_dir=user_data)
        rejected, draft = reject(store, "Reversion", "no", user_data)
        assert rejected.status is Status.REJECTED
        assert not path.exists()
        assert draft.read_text() == stored.source
        assert approve(store, stored.id, "", user_data)[1].read_text() == stored.source

    def test_rejecting_leaves_files_of_others(self, store: Store, user_data: Path) -> None:
        first, path = keep(store, record(), user_data_dir=user_data)
        second, _ = keep(store, record(number=2), user_data_dir=user_data)
        reject(store, first.id, "", user_data)
        assert path.read_text() == second.source
        path.write_text("# edited")
        reject(store, second.id, "", user_data)
        assert path.read_text() == "# edited"

    def test_what_cannot_be_decided_moves_nothing(self, store: Store, user_data: Path) -> None:
        denied, _ = keep(store, record(decision=Decision.DENY), user_data_dir=user_data)
        before = files(user_data)
        for decide in (approve, reject):
            with pytest.raises(StoreError):
                decide(store, denied.id, "", user_data)
        assert files(user_data) == before

    def test_approving_twice_says_so_or_restores_the_file(
        self, store: Store, user_data: Path
    ) -> None:
        stored, _ = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        _, path = approve(store, stored.id, "", user_data)
        with pytest.raises(StoreError, match="approved already"):
            approve(store, stored.id, "", user_data)
        path.unlink()
        assert approve(store, stored.id, "", user_data)[1].read_text() == stored.source

    def test_approving_an_earlier_revision_puts_its_file_back(
        self, store: Store, user_data: Path
    ) -> None:
        first, path = keep(store, record(), user_data_dir=user_data)
        second, _ = keep(store, record(number=2), user_data_dir=user_data)
        restored, _ = approve(store, "Reversion@1", "", user_data)
        assert restored == first  # it was allowed and stays so; nothing was decided anew
        assert path.read_text() == first.source
        assert [change.status for change in store.decisions(first.id)] == [Status.ALLOWED]
        with pytest.raises(StoreError, match="needs no approval"):
            approve(store, "Reversion@1", "", user_data)
        reject(store, second.id, "", user_data)
        assert path.read_text() == first.source
        reject(store, first.id, "", user_data)
        assert not path.exists()
        path.write_text("# mine")
        with pytest.raises(StoreError, match="not overwritten"):
            approve(store, second.id, "", user_data)


class TestParameters:
    """Values that ``freqtrade hyperopt`` left, which Freqtrade would use and freqgen does not."""

    @pytest.fixture
    def left(self, user_data: Path) -> Path:
        file = user_data / "strategies" / "Reversion.json"
        file.parent.mkdir()
        file.write_text("{}")
        return file

    def test_are_in_the_way_of_a_new_strategy(
        self, store: Store, user_data: Path, left: Path
    ) -> None:
        with pytest.raises(StoreError, match=r"Reversion\.json holds values of param") as error:
            keep(store, record(), user_data_dir=user_data)
        assert "move it away" in error.value.hint
        assert not store.list()

    def test_are_in_the_way_of_an_approval(self, store: Store, user_data: Path, left: Path) -> None:
        stored, _ = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        with pytest.raises(StoreError, match="values of parameters"):
            approve(store, stored.id, "", user_data)
        assert store.get(stored.id).status is Status.PENDING

    def test_of_another_strategy_are_not(self, store: Store, user_data: Path, left: Path) -> None:
        _, path = keep(store, record("Other"), user_data_dir=user_data)
        assert path.is_file()

    def test_do_not_hinder_a_rejection(self, store: Store, user_data: Path) -> None:
        stored, path = keep(store, record(), user_data_dir=user_data)
        left = path.with_suffix(".json")
        left.write_text("{}")
        reject(store, stored.id, "", user_data)
        assert parameters_file(stored, user_data) == left
        assert not path.exists()


class TestOthersFiles:
    @pytest.mark.parametrize(
        "what", ["own file", "edited file", "folder", "dead link", "pipe", "device"]
    )
    def test_are_not_overwritten(self, store: Store, user_data: Path, what: str) -> None:
        path = user_data / "strategies" / "Reversion.py"
        path.parent.mkdir()
        if what == "folder":
            path.mkdir()
        elif what == "pipe":
            os.mkfifo(path)
        elif what == "device":
            path.symlink_to("/dev/zero")
        elif what == "dead link":
            path.symlink_to("nowhere.py")
        elif what == "edited file":
            keep(store, record(), user_data_dir=user_data)
            path.write_text(path.read_text() + "# edited\n")
        else:
            path.write_text("# mine\n")
        before, count = files(user_data), len(store.list())
        with pytest.raises(StoreError, match="was not written by freqgen") as error:
            keep(store, record(number=2), user_data_dir=user_data)
        assert "--name" in error.value.hint
        assert files(user_data) == before
        assert len(store.list()) == count, "refused before anything was stored"

    @pytest.mark.parametrize(
        ("source", "clash"),
        [
            ("class Reversion(IStrategy):\n    pass\n", True),
            ("class Reversion (\n    IStrategy,\n):\n    pass\n", True),
            ("if True:\n    class Reversion(IStrategy):\n        pass\n", True),
            ("class Reversion(IStrategy:\n", True),
            ("class Reversion2(IStrategy):\n    pass\n", False),
            ("class MyReversion(IStrategy):\n    pass\n", False),
            ("# class Reversion(IStrategy):\n", False),
            ('TEXT = "Reversion"\n', False),
            ("from Reversion import (\n", False),
            ("# caf\xe9 \xff nothing here\n", False),
        ],
        ids=repr,
    )
    def test_that_define_the_class_are_found_without_running_them(
        self, store: Store, user_data: Path, source: str, clash: bool
    ) -> None:
        other = user_data / "strategies" / "another.py"
        other.parent.mkdir()
        other.write_bytes(b"raise SystemExit\n" + source.encode("latin-1"))
        if clash:
            with pytest.raises(StoreError, match=r"another\.py defines a class Reversion too"):
                keep(store, record(), user_data_dir=user_data)
            assert store.list() == []
        else:
            keep(store, record(), user_data_dir=user_data)

    def test_of_the_same_class_stop_an_approval(self, store: Store, user_data: Path) -> None:
        stored, _ = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        other = user_data / "strategies" / "another.py"
        other.parent.mkdir()
        other.write_text(strategy())
        with pytest.raises(StoreError, match="defines a class"):
            approve(store, stored.id, "", user_data)
        assert store.get(stored.id).status is Status.PENDING

    def test_freqtrade_loads_what_was_published(self, store: Store, user_data: Path) -> None:
        """Freqtrade's resolver decides by text; ours must not find less."""
        from freqtrade.resolvers.strategy_resolver import StrategyResolver

        source = "from freqtrade.strategy import IStrategy\n\n\n" + strategy()
        _, path = keep(store, record(source=source), user_data_dir=user_data)
        found, where = StrategyResolver._search_object(path.parent, object_name="Reversion")
        assert where == path
        assert found.startup_candle_count == 1


class TestNames:
    @pytest.mark.parametrize("name", ["../escape", "a/b", "", "x.y", "/etc/passwd", "a b", "a\0b"])
    def test_that_lead_elsewhere_are_refused(
        self, store: Store, user_data: Path, name: str
    ) -> None:
        stored = store.add(record(name or "x", class_name=name or "1"))
        for act in (
            lambda: publish(stored, user_data, known=()),
            lambda: save_draft(stored, user_data),
            lambda: withdraw(stored, user_data),
        ):
            with pytest.raises(StoreError, match="cannot be the name"):
                act()

    @pytest.mark.parametrize("ident", ["", "..", "a/b"])
    def test_of_records_that_were_not_stored_have_no_draft(
        self, user_data: Path, ident: str
    ) -> None:
        with pytest.raises(StoreError, match="was not stored"):
            draft_folder(record(id=ident, status=Status.DENIED), user_data)

    @pytest.mark.parametrize(
        ("decision", "hint"), [(Decision.REVIEW, "freqgen approve"), (Decision.DENY, "")]
    )
    def test_of_what_was_not_allowed_are_not_published(
        self, store: Store, user_data: Path, decision: Decision, hint: str
    ) -> None:
        stored = store.add(record(decision=decision))
        with pytest.raises(StoreError, match="where Freqtrade does not look") as error:
            publish(stored, user_data, known=())
        assert hint in error.value.hint
        assert not strategy_path(stored, user_data).exists()


def raising(error: BaseException) -> Callable[..., object]:
    def fails(*_args: object, **_kwargs: object) -> object:
        raise error

    return fails


FULL = OSError(28, "No space left on device")
PLACES = [(os, "open"), (os, "fsync"), (Path, "replace")]


class TestInterruptions:
    """Whatever fails wherever: no file is half-written, and doing it again completes it."""

    @pytest.mark.parametrize("failure", [FULL, KeyboardInterrupt()], ids=["full", "Ctrl-C"])
    @pytest.mark.parametrize("place_of_failure", PLACES, ids=lambda place: place[1])
    @pytest.mark.parametrize("decision", [Decision.ALLOW, Decision.DENY])
    def test_of_storing(
        self,
        store: Store,
        user_data: Path,
        monkeypatch: pytest.MonkeyPatch,
        failure: BaseException,
        place_of_failure: tuple[object, str],
        decision: Decision,
    ) -> None:
        old, _ = keep(store, record(), user_data_dir=user_data)
        before = files(user_data)
        expected = StoreError if failure is FULL else KeyboardInterrupt
        with monkeypatch.context() as patch:
            patch.setattr(*place_of_failure, raising(failure))
            with pytest.raises(expected):
                keep(store, record(number=2, decision=decision), user_data_dir=user_data)
        assert files(user_data) == before
        stored = store.latest("Reversion")
        assert stored.revision == 2, "the record is there, and has the source"
        again = place(store, stored, user_data)
        assert again.read_text() == stored.source
        assert strategy_path(old, user_data).read_text() == (
            stored.source if decision is Decision.ALLOW else old.source
        )

    def test_of_the_database_write_no_file(
        self, store: Store, user_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Store, "_insert", raising(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            keep(store, record(), user_data_dir=user_data)
        assert files(user_data) == {}

    @pytest.mark.parametrize("failure", [FULL, KeyboardInterrupt()], ids=["full", "Ctrl-C"])
    def test_of_approving_leave_what_can_be_approved_again(
        self,
        store: Store,
        user_data: Path,
        monkeypatch: pytest.MonkeyPatch,
        failure: BaseException,
    ) -> None:
        stored, _ = keep(store, record(decision=Decision.REVIEW), user_data_dir=user_data)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", raising(failure))
            with pytest.raises((StoreError, KeyboardInterrupt)):
                approve(store, stored.id, "", user_data)
        assert not strategy_path(stored, user_data).exists()
        assert approve(store, stored.id, "", user_data)[1].read_text() == stored.source

    def test_of_rejecting_never_leave_a_file_without_permission(
        self, store: Store, user_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored, path = keep(store, record(), user_data_dir=user_data)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", raising(OSError(30, "Read-only file system")))
            with pytest.raises(StoreError, match="cannot be removed"):
                reject(store, stored.id, "", user_data)
        assert store.get(stored.id).status.usable
        with monkeypatch.context() as patch:
            patch.setattr(Store, "reject", raising(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                reject(store, stored.id, "", user_data)
        assert not path.exists()
        reject(store, stored.id, "", user_data)
        assert not store.get(stored.id).status.usable

    def test_by_another_process_with_the_same_draft_are_none(
        self, store: Store, user_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = store.add(record(decision=Decision.DENY))
        rename = Path.rename

        def slower_than_another(self: Path, target: Path) -> Path:
            monkeypatch.setattr(Path, "rename", rename)
            save_draft(stored, user_data)
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", slower_than_another)
        assert save_draft(stored, user_data).read_text() == stored.source
        assert [path.name for path in (user_data / "freqgen" / "drafts").iterdir()] == [stored.id]

    @pytest.mark.parametrize("status", [Status.ALLOWED, Status.DENIED])
    def test_by_a_read_only_file_system_are_told(self, status: Status) -> None:
        stored = record(id="abc", status=status)
        act = publish if status.usable else save_draft
        options = {"known": ()} if status.usable else {}
        with pytest.raises(StoreError, match="cannot be written") as error:
            act(stored, Path("/proc"), **options)
        assert "--userdir" in error.value.hint

    def test_by_a_file_that_cannot_be_read_are_told(
        self, user_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = user_data / "strategies"
        folder.mkdir(parents=True)
        (folder / "Another.py").write_text("")
        stored = record(id="abc", status=Status.ALLOWED)
        monkeypatch.setattr(Path, "read_text", raising(PermissionError(13, "Permission denied")))
        with pytest.raises(StoreError, match=r"Another\.py cannot be read"):
            publish(stored, user_data, known=())
        strategy_path(stored, user_data).write_text("")
        monkeypatch.setattr(Path, "read_bytes", raising(PermissionError(13, "Permission denied")))
        with pytest.raises(StoreError, match=r"Reversion\.py cannot be read"):
            withdraw(stored, user_data)


class TestWriting:
    def test_replaces_the_whole_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        write_whole(path, b"a longer text")
        write_whole(path, b"short", mode=0o600)
        assert path.read_bytes() == b"short"
        assert path.stat().st_mode & 0o777 == 0o600
        assert list(tmp_path.iterdir()) == [path]
