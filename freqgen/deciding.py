"""What people decide about stored strategies, and trading on paper those that may be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen.batch import Batch
from freqgen.design.model import Design
from freqgen.exceptions import SandboxUnavailable, StoreError
from freqgen.generation.limits import check_stored_limits

if TYPE_CHECKING:
    from freqgen.evaluation.paper import PaperReport
    from freqgen.store.record import Record
    from freqgen.store.store import Store

    _Decide = Callable[[Store, str, str, Path], tuple[Record, Path]]


class Deciding(Batch):
    """Approving, rejecting, and paper bots."""

    def approve(self, name_or_id: str, reason: str = "") -> tuple[Record, Path]:
        """Approve what waits for review, and put its file where Freqtrade looks.

        It is checked again before. One that was allowed or approved, and made way for another
        revision, gets its place back.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be approved, saying why.
        :raises DesignError: If its risk goes beyond the setting ``limits`` as it is now.
        :raises UsageError: If it does not pass validation.
        :raises SandboxUnavailable: If it was run once, and cannot be run here.
        """
        from freqgen.store.keeping import approve, check_approvable

        record = self.store.find(name_or_id)
        check_approvable(self.store, record, self.workspace.user_data_dir)
        self._check_limits_of(record)
        try:
            self.stored_draft(record)
        except SandboxUnavailable as exc:
            if record.market is not None:
                raise
            self._progress(f"The code of {record.name} was checked and never run: {exc.message}")
        return self._decided(approve, record.id, reason)

    def _check_limits_of(self, record: Record) -> None:
        """Refuse what is beyond the limits as they are now, under whichever it was made.

        :raises DesignError: Naming every field, and the settings to change.
        """
        from freqgen.store.status import described

        if record.design is not None:
            design = Design.from_data(dict(record.design), origin=f"record {record.id}")
            limits = self.settings.limits
            check_stored_limits(design, limits, of=described(record), id=record.id)

    def reject(self, name_or_id: str, reason: str = "") -> tuple[Record, Path]:
        """Reject a strategy, and take its file from where Freqtrade looks.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be rejected, saying why.
        """
        from freqgen.store.keeping import reject

        return self._decided(reject, name_or_id, reason)

    def _decided(self, decide: _Decide, name_or_id: str, reason: str) -> tuple[Record, Path]:
        """Carry out a person's decision, and let it be known."""
        record, path = decide(self.store, name_or_id, reason, self.workspace.user_data_dir)
        if not record.status.usable:
            self._mention_parameters(record, "stays, and would be used for a file of that name")
        self.audit.decision(record, reason)
        self.host.record_stored(record)
        return record, path

    def download_markets(self) -> Path:
        """Ask the configured exchange for its markets and store them for backtests.

        :raises EvaluationError: If the exchange does not answer.
        """
        from freqgen.evaluation.markets import download_markets

        path = self.engine.markets_file
        self.workspace.folder(path.parent)
        self._progress(f"Asking {self.engine.exchange} for its markets")
        return download_markets(self.workspace.config, path)

    def paper(self, name_or_id: str) -> PaperReport:
        """Trade on paper with Freqtrade's own bot until it is stopped.

        :raises StoreError: If the strategy was not allowed or approved.
        :raises DesignError: If its risk goes beyond the setting ``limits`` as it is now.
        :raises UsageError: If it does not pass validation any more.
        :raises SandboxUnavailable: If nothing here would hold it while it is checked.
        """
        from freqgen.evaluation.paper import needs_pairs, paper_trade
        from freqgen.store.files import FileState, file_state
        from freqgen.store.record import Status

        record = self.store.find(name_or_id)
        if not record.status.usable:
            raise StoreError(
                f"{record.name} is {record.status.value}; "
                "only strategies that were allowed or approved trade on paper",
                hint=f"freqgen approve {record.id}"
                if record.status is Status.PENDING
                else f"freqgen show {record.id} says why",
            )
        state = file_state(
            record, self.workspace.user_data_dir, self.store.known_sources(record.class_name)
        )
        if state is FileState.EDITED:
            raise StoreError(
                f"{self.workspace.user_data_dir / record.path} was edited since freqgen wrote it",
                hint=f"freqtrade trade --dry-run --strategy {record.class_name} trades the edited "
                "file; move it away to trade what was checked",
            )
        self._check_limits_of(record)
        if record.market == "synthetic":
            self._progress(
                f"{record.name} was tested on synthetic candles only, which says that it runs and "
                "nothing about what it earns"
            )
        draft, checked = self.stored_draft(record)
        self.check_market(checked.design)
        self._mention_parameters(record, "is not used by freqgen")
        found: tuple[str, ...] = ()
        timeframe = checked.design.timeframe
        if needs_pairs(self.workspace.config) and self.engine.find_pairs(timeframe):
            found = self.pairs(timeframe)
            self._progress(
                f"The configuration has no pair_whitelist; trading {', '.join(found)}, "
                f"of which {self.datadir} has candles"
            )
        return paper_trade(draft, workspace=self.workspace, pairs=found, progress=self._progress)
