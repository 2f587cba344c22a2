"""Runs trials of a strategy for those that compare them.

A worker has no candles but those that its trial may see. Trials that only compute columns share a
worker where each sees later candles than the one before; the full trial has one of its own. So
nothing that is computed in a trial can be remembered, or looked up, from a later candle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from freqtrade.enums import CandleType
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.candle_source import is_pair, is_timeframe, kind_of
from freqgen.evaluation.hearing import Heard, listen, refuse_unconfined
from freqgen.evaluation.synthetic import SyntheticCandles
from freqgen.evaluation.trial_outcome import failure, fault, outcome
from freqgen.evaluation.view import Source, View
from freqgen.exceptions import EngineError, FreqgenException
from freqgen.printable import printable
from freqgen.sandbox.frames import encode_frame
from freqgen.sandbox.limits import TRIAL_SECONDS, Fault, WorkerFault
from freqgen.validation.laboratory import Trial

if TYPE_CHECKING:
    from freqgen.evaluation.runner import Runner

_AT_ONCE = 2
_ROWS = 1200
_AFTER_STARTUP = 1000
_MOST_ROWS = 6000
_LEAST_ROWS = 300
_LONGEST = 32 * 86_400  # seconds
_SHOWN = 4  # pairs named in a sentence
_SHARED = 4
_SYNTHETIC_PAIR = "COIN"  # one that no strategy names

_numbers = count(1)


def rehearse(runner: Runner, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out what :class:`freqgen.evaluation.engine.Engine` asks for.

    :raises EngineError: If that was not possible, which says nothing of the strategy.
    """
    try:
        return _rehearse(runner, request)
    except FreqgenException:
        raise
    except OSError as exc:
        raise EngineError(
            f"a trial could not read or write a file: {exc}",
            hint=f"see to the disk, and to the space in {runner.setting.private.parent}",
        ) from exc
    except MemoryError as exc:
        raise EngineError(
            "a trial needed more memory than the limit", hint="raise backtest_memory_mb"
        ) from exc
    except Exception as exc:
        raise EngineError(
            f"a trial failed: {type(exc).__name__}: {exc}",
            hint="this is no fault of the strategy's; please report it",
        ) from exc


def _rehearse(runner: Runner, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a request.

    :param request: ``what``: ``describe`` or ``run``.
    :returns: JSON values; frames are files in the process's folder, in Arrow's stream format.
    """
    runner.setting.read_table()
    if request["what"] == "describe":
        return _describe(runner, request)
    if request["what"] == "candles":
        pair, timeframe = request["of"]
        view = View.of(_source(runner, request), request, Trial().to_dict())
        return {"candles": _keep(runner, encode_frame(view.load(pair, timeframe, kind_of(pair))))}
    source = _source(runner, request)
    batches = _batches(request["trials"], int(request["rows"]))
    found: dict[int, dict[str, Any]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for batch, runs in zip(
            batches, pool.map(lambda b: _run(runner, request, source, b), batches), strict=True
        ):
            found |= {number: run for (number, _), run in zip(batch, runs, strict=True)}
    return {"runs": [found[number] for number in range(len(request["trials"]))]}


_Batch: TypeAlias = list[tuple[int, Mapping[str, Any]]]
"""Trials for one worker, each with its number."""


def _batches(trials: Sequence[Mapping[str, Any]], rows: int) -> list[_Batch]:
    """Which trials share a worker.

    Those that only compute columns do, as long as each sees later candles than the one before:
    then no worker ever had a candle that its trial must not know.
    """
    alone: list[_Batch] = []
    together: _Batch = []
    for item in enumerate(trials):
        trial = item[1]
        special = trial["clock"] or trial["lines"] or trial["source"] is not None
        if trial["what"] != "frame" or special:
            alone.append([item])
        else:
            together.append(item)
    together.sort(key=lambda item: _seen(item[1], rows))
    shared = [together[part::_AT_ONCE] for part in range(_AT_ONCE)]
    if len(together) < _SHARED:
        shared = [together]
    return [*alone, *(batch for batch in shared if batch)]


def _seen(trial: Mapping[str, Any], rows: int) -> int:
    """How many of the real candles a trial sees, from the first."""
    limits = (trial["cut"], trial["altered"])
    return min([rows, *(int(limit) for limit in limits if limit is not None)])


def _source(runner: Runner, request: Mapping[str, Any]) -> Source:
    if request["synthetic"]:
        return SyntheticCandles(str(request["timeframe"]), int(request["rows"]))
    return runner.trial_candles


def _describe(runner: Runner, request: Mapping[str, Any]) -> dict[str, Any]:
    """Load a strategy, and choose what it is tried on."""
    name = str(request["name"])
    modes = [str(runner.setting.config["trading_mode"])]
    if modes[0] != "futures":
        modes.append("futures")  # of a strategy that goes short, where it may not
    heard: Heard | dict[str, Any] = {}
    for mode in modes:
        pair = _pair(request, mode)
        trying = {**request, "pair": pair, "trading_mode": mode, "synthetic": True}
        trying |= {"timeframe": "1h", "rows": _LEAST_ROWS}
        describing = Trial(what="describe").to_dict()
        (heard,) = _perform(
            runner, trying, _source(runner, trying), [describing], lambda _trial, heard, _: heard
        )
        if isinstance(heard, dict):
            break
        said = str((heard.failed or {}).get("message", ""))
        if not said.startswith("Short strategies cannot run in spot"):
            break
    if isinstance(heard, dict):
        return heard
    if heard.failed is not None:
        return failure(request, heard, loading=True)
    declared = heard.declared
    if declared is None:
        return fault(name, WorkerFault(Fault.NONSENSE, "it said nothing of itself"))
    if not _is_known(declared.timeframe):
        text = f'{name} has the timeframe "{declared.timeframe}", which there is not'
        return {"finding": faults.error(faults.LOADS, text, 'write it as "1h"').to_dict()}
    wanted = min(max(_ROWS, declared.startup + _AFTER_STARTUP), _MOST_ROWS)
    order = {**trying, "timeframe": declared.timeframe, "rows": wanted}
    told, reason = _on_real_candles(runner, order, request, declared.informative)
    return {
        "declared": {
            "attributes": dict(declared.attributes),
            "own": dict(declared.own),
            "callbacks": list(declared.callbacks),
            "after_fill": declared.after_fill,
            "informative": [list(item) for item in declared.informative],
            "engine": list(declared.engine),
        },
        "loaded_for": pair,
        "reason": reason,
        **{key: told[key] for key in ("pair", "rows", "synthetic", "timeframe", "trading_mode")},
        "sandbox": runner.protection.level.value,
    }


def _is_known(timeframe: str) -> bool:
    """Whether candles can have a timeframe: from a second to a month or so."""
    try:
        return is_timeframe(timeframe) and 0 < timeframe_to_seconds(timeframe) <= _LONGEST
    except (FreqtradeException, ValueError, KeyError, TypeError):
        return False


def _pair(request: Mapping[str, Any], mode: str) -> str:
    stake = str(request["stake_currency"])
    return f"{_SYNTHETIC_PAIR}/{stake}" + (f":{stake}" if mode == "futures" else "")


def _on_real_candles(
    runner: Runner,
    order: Mapping[str, Any],
    request: Mapping[str, Any],
    informative: Sequence[tuple[str, str]],
) -> tuple[dict[str, Any], str]:
    """The first of the user's pairs that has all candles, else made-up ones and why."""
    source = _source(runner, {**order, "synthetic": False})
    kind = CandleType.FUTURES if order["trading_mode"] == "futures" else CandleType.SPOT
    timeframe = str(order["timeframe"])
    least = min(_LEAST_ROWS + order["rows"] - _ROWS, order["rows"])
    none: list[str] = []
    lacking: list[str] = []
    for pair in request["pairs"]:
        written = str(pair)
        if kind == CandleType.FUTURES and ":" not in written:
            written = f"{written}:{written.partition('/')[2]}"
        beside = [
            (written if other == order["pair"] else other, slower)
            for other, slower in informative
            if is_pair(other) and is_timeframe(slower)
        ]
        rows = len(source.load(written, timeframe, kind))
        missing = [item for item in beside if source.load(*item, kind).empty]
        if rows == 0:
            none.append(written)
        elif missing:
            other, slower = missing[0]
            lacking.append(f"no {slower} candles of {other}, which it reads beside")
        elif rows < least:
            lacking.append(f"{rows} {timeframe} candles of {written}, and it takes {least}")
        else:
            rows = min(rows, int(order["rows"]))
            return {**order, "pair": written, "rows": rows, "synthetic": False}, ""
    if not lacking:
        more = f" and {len(none) - _SHOWN} more" if len(none) > _SHOWN else ""
        of = f" of {', '.join(none[:_SHOWN])}{more}" if none else ""
        lacking.append(f"no {timeframe} candles{of}")
    folder = runner.setting.datadir
    where = (
        f"in {printable(folder)} there are"
        if folder.is_dir()
        else f"there is no folder {printable(folder)}, and so"
    )
    return {**order, "synthetic": True}, f"{where} {lacking[0]}"


class _Shown:
    """Candles as one trial sees them; what was computed once is given again."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[tuple[str, str, CandleType], DataFrame] = {}

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """The candles of a pair that this trial may see."""
        key = (pair, timeframe, candle_type)
        if key not in self._known:
            self._known[key] = self._view.load(pair, timeframe, candle_type)
        return self._known[key]

    @property
    def own(self) -> DataFrame:
        """Those that the strategy trades on."""
        return self.load(self._view.pair, self._view.timeframe, self._view.kind)


_Found = TypeVar("_Found")


def _perform(
    runner: Runner,
    request: Mapping[str, Any],
    source: Source,
    trials: Sequence[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any], Heard, _Shown], _Found],
) -> list[_Found | dict[str, Any]]:
    """Run trials in one worker, each with candles of its own.

    :param read: What to make of what was heard of a trial, while the worker goes on.
    :returns: The same of each, or the finding that ended it and all after it.
    :raises SandboxUnavailable: If nothing would hold the strategy.
    """
    setting, name, pair = runner.setting, str(request["name"]), str(request["pair"])
    run = {
        "pairs": [pair],
        "timeframe": "",
        "timerange": "",
        "overrides": {"fee": 0.001},
        "enable_protections": True,
        "stake_currency": pair.partition("/")[2].partition(":")[0],
        "trading_mode": request["trading_mode"],
    }
    beside = [str(other) for other in request.get("beside", ()) if is_pair(str(other))]
    closes = {p: [1000.01, 999.99, 1000.5] for p in setting.unknown([pair, *beside])}
    seconds = min(TRIAL_SECONDS, runner.limits.seconds)
    limits = replace(runner.limits, seconds=seconds * len(trials))
    asked = dict(request)
    if trials[0]["source"] is not None:
        asked["source"] = trials[0]["source"]
    found: list[_Found | dict[str, Any]] = []
    try:
        order = {"run": run, "closes": closes, "trials": [dict(trial) for trial in trials]}
        with runner.worker("trial", asked, order, limits) as worker:
            for trial in trials:
                shown = _Shown(View.of(source, request, trial))
                worker.allow(seconds)
                # Only now may it have these candles: the trials before have been answered.
                heard = listen(worker, shown.load, [pair])
                found.append(read(trial, heard, shown))
    except WorkerFault as exc:
        if exc.fault is Fault.UNCONFINED:
            raise refuse_unconfined(name, exc) from exc
        if not runner.nursery.alive:
            raise EngineError("the process that starts workers has ended") from exc
        found += [fault(name, exc)] * (len(trials) - len(found))
    return found


def _run(
    runner: Runner, request: Mapping[str, Any], source: Source, batch: _Batch
) -> list[dict[str, Any]]:
    """Trials of one worker, as JSON values."""

    def read(trial: Mapping[str, Any], heard: Heard, shown: _Shown) -> dict[str, Any]:
        return outcome(request, trial, heard, lambda: shown.own, partial(_keep, runner))

    return _perform(runner, request, source, [trial for _, trial in batch], read)


def _keep(runner: Runner, data: bytes) -> str:
    """Put bytes where the main process reads them."""
    file: Path = runner.setting.private / f"trial-{next(_numbers)}.arrow"
    file.write_bytes(data)
    return str(file)
