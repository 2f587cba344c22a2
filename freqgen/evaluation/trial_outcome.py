"""What was heard of a trial, as JSON values; frames are left to who keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, TypeAlias

from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.hearing import Heard
from freqgen.exceptions import SandboxUnavailable
from freqgen.sandbox.channel import Garbled, Message
from freqgen.sandbox.frames import decode_frame, encode_frame
from freqgen.sandbox.limits import Fault, WorkerFault

_MOST_TIMES, _MOST_LINES = 1000, 100

Keep: TypeAlias = Callable[[bytes], str]
"""Puts a frame, in Arrow's stream format, where others find it by what it returns."""


def outcome(
    request: Mapping[str, Any],
    trial: Mapping[str, Any],
    heard: Heard,
    own: Callable[[], DataFrame],
    keep: Keep,
) -> dict[str, Any]:
    """What came of a trial.

    :param request: ``name`` and ``source`` of the strategy.
    :param own: Gives the candles that it traded on.
    :returns: A finding, or what :class:`freqgen.validation.laboratory.Run` has.
    :raises SandboxUnavailable: If the strategy needs a part of Freqtrade that is not run here.
    """
    if heard.failed is not None:
        return failure(request, heard)
    told: dict[str, Any] = {"finding": None}
    try:
        for message in heard.rest:
            told |= _told(message, keep)
        if trial["what"] == "answers":
            told["answers"] = keep(heard.log.to_bytes())
        if trial["what"] == "frame":
            if "frame" not in told:
                raise Garbled("no frame")  # noqa: TRY301
            told["candles"] = keep(encode_frame(own()))
    except Garbled as exc:
        return fault(str(request["name"]), WorkerFault(Fault.NONSENSE, f"it answered {exc}"))
    return told


def failure(request: Mapping[str, Any], heard: Heard, *, loading: bool = False) -> dict[str, Any]:
    """What a strategy's code failed with.

    :raises SandboxUnavailable: If it needs a part of Freqtrade that is not run here.
    """
    name, failed = str(request["name"]), heard.failed or {}
    asks = str(failed.get("message", "")).startswith("freqAI is not enabled")
    if asks and "freqai" in str(request["source"]).lower():
        raise SandboxUnavailable(
            f"{name} needs FreqAI, whose models freqgen does not train",
            hint="freqtrade backtesting with a freqai section runs it, if you trust it",
        )
    return {"finding": faults.of_failure(name, failed, loading=loading).to_dict()}


def fault(name: str, worker_fault: WorkerFault) -> dict[str, Any]:
    """What a strategy did to the process that it ran in."""
    return {"finding": faults.of_worker(name, worker_fault).to_dict()}


def _told(message: Message, keep: Keep) -> dict[str, Any]:
    """What a worker said, checked."""
    head = message.head
    match message.op:
        case "frame":
            columns = decode_frame(message.payload).shape[1]
            dtypes = head.get("dtypes")
            if not isinstance(dtypes, list) or len(dtypes) != columns:
                raise Garbled("a frame without types")
            return {
                "frame": keep(message.payload),
                "dtypes": [str(kind)[:100] for kind in dtypes],
                "numbered": head.get("numbered") is True,
                "lines": _lines(head.get("lines")),
            }
        case "notes":
            decode_frame(message.payload)
            return {"notes": keep(message.payload)}
        case "analysis":
            values = head.get("values")
            if not isinstance(values, dict):
                raise Garbled("an analysis without values")
            return {"analysis": values}
        case "times":
            return _times(head.get("seconds"), head.get("lines"), head.get("delayed"))
    raise Garbled(f"a message {message.op[:40]}")


def _times(seconds: Any, lines: Any, delayed: Any) -> dict[str, Any]:
    if not isinstance(seconds, list) or not isinstance(lines, list):
        raise Garbled("times that are no lists")
    try:
        times = [float(value) for value in seconds[:_MOST_TIMES]]
        share = float(delayed or 0)
        costly = [[int(line), float(spent)] for line, spent in lines[:_MOST_LINES]]
    except (OverflowError, TypeError, ValueError) as exc:
        raise Garbled(f"times that are none: {exc}") from exc
    if not all(map(isfinite, (*times, share, *(spent for _, spent in costly)))):
        raise Garbled("times that never end")
    return {"seconds": times, "delayed": share, "costly": costly}


def _lines(lines: Any) -> dict[str, int]:
    if not isinstance(lines, dict):
        raise Garbled("lines that are no object")
    return {str(k)[:200]: v for k, v in lines.items() if isinstance(v, int) and v > 0}
