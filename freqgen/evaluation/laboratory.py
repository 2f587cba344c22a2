"""The laboratory of the validators: trials in the engine's process, answers kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.finding import Finding
from freqgen.sandbox.level import Protection
from freqgen.validation.laboratory import Run, Specimen, Trial

if TYPE_CHECKING:
    from pandas import DataFrame

    from freqgen.draft import ScreenedDraft
    from freqgen.evaluation.engine import Engine

_KEPT = 64


class EngineLaboratory:
    """Trials by an engine.

    :param engine: Whose process forks the workers, and whose candles are used.
    :param pairs: What to try strategies on, the first that has candles; asked when needed.
    :param own: Whether freqgen's compiler wrote a draft.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        *,
        pairs: Callable[[], Sequence[str]],
        own: Callable[[ScreenedDraft], bool] = lambda _draft: False,
    ) -> None:
        self._engine = engine
        self._pairs = pairs
        self._own = own
        self._described: dict[str, Specimen | Finding] = {}
        self._runs: dict[tuple[str, Trial], Run] = {}
        self._lock = threading.RLock()

    @property
    def protection(self) -> Protection:
        """What holds a strategy on this machine."""
        return self._engine().protection()

    def describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        """Load a draft as Freqtrade does.

        :raises SandboxUnavailable: If nothing would hold it.
        """
        key = f"{draft.class_name} {draft.sha256}"
        with self._lock:
            if key not in self._described:
                if len(self._described) > _KEPT:
                    self._described.clear()
                self._described[key] = self._describe(draft)
            return self._described[key]

    def _describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        engine = self._engine()
        request = {
            **self._request(draft),
            "what": "describe",
            "pairs": list(self._pairs()),
            "stake_currency": engine.stake_currency or "USDT",
        }
        told = engine.rehearse(request)
        if "finding" in told:
            return Finding.from_dict(told["finding"])
        said = told["declared"]
        return Specimen(
            draft=draft,
            attributes=said["attributes"],
            callbacks=tuple(said["callbacks"]),
            informative=tuple((pair, timeframe) for pair, timeframe in said["informative"]),
            engine=tuple(said["engine"]),
            pair=told["pair"],
            loaded_for=told["loaded_for"],
            timeframe=told["timeframe"],
            rows=told["rows"],
            synthetic=told["synthetic"],
            reason=told["reason"],
            trading_mode=told["trading_mode"],
        )

    def _request(self, draft: ScreenedDraft) -> dict[str, Any]:
        return {
            "name": draft.class_name,
            "source": draft.source,
            "own": self._own(draft),
            "accept_partial": self._engine().accept_partial,
        }

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        """Run trials.

        :raises SandboxUnavailable: If nothing would hold the strategy.
        :raises ValueError: If a trial is for more candles than there are.
        """
        for trial in trials:
            trial.check(specimen.rows)
        with self._lock:
            return self._run(specimen, trials)

    def _run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        digest = specimen.draft.sha256
        known = self._runs
        missing = [t for t in dict.fromkeys(trials) if (digest, t) not in known]
        if missing:
            request = {
                **self._request(specimen.draft),
                **self._place(specimen),
                "what": "run",
                "beside": [pair for pair, _ in specimen.informative if pair != specimen.loaded_for],
                "trials": [trial.to_dict() for trial in missing],
            }
            told = self._engine().rehearse(request)["runs"]
            found = {(digest, trial): _read(one) for trial, one in zip(missing, told, strict=True)}
            if len(known) > _KEPT:  # what is known of other drafts
                for key in [key for key in known if key[0] != digest]:
                    del known[key]
            known.update(found)
        return [known[digest, trial] for trial in trials]

    def candles(self, specimen: Specimen, pair: str, timeframe: str) -> DataFrame:
        """Candles that a full trial sees, gaps filled."""
        told = self._engine().rehearse(
            {**self._place(specimen), "what": "candles", "of": [pair, timeframe]}
        )
        found = _frame(told["candles"])
        assert found is not None  # noqa: S101  (the request gives a file or raises)
        return found

    @staticmethod
    def _place(specimen: Specimen) -> dict[str, Any]:
        return {
            "pair": specimen.pair,
            "timeframe": specimen.timeframe,
            "rows": specimen.rows,
            "synthetic": specimen.synthetic,
            "trading_mode": specimen.trading_mode,
        }


def _read(told: Mapping[str, Any]) -> Run:
    """Read what the engine's process said of a run."""
    finding = told["finding"]
    return Run(
        finding=Finding.from_dict(finding) if finding else None,
        frame=_frame(told.get("frame")),
        candles=_frame(told.get("candles")),
        dtypes=tuple(told.get("dtypes", ())),
        numbered=bool(told.get("numbered", True)),
        lines=dict(told.get("lines", {})),
        notes=_frame(told.get("notes")),
        answers=_frame(told.get("answers")),
        analysis=dict(told.get("analysis", {})),
        seconds=tuple(told.get("seconds", ())),
        delayed=float(told.get("delayed", 0.0)),
        costly=tuple((line, spent) for line, spent in told.get("costly", ())),
    )


def _frame(path: str | None) -> DataFrame | None:
    """Read a frame that the engine's process left, once."""
    if path is None:
        return None
    from freqgen.sandbox.frames import decode_frame

    file = Path(path)
    data = file.read_bytes()
    file.unlink()
    return decode_frame(data)
