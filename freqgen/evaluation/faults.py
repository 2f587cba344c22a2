"""What went wrong with a strategy that was run, as findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from freqgen.evaluation.remarks import first_line
from freqgen.exceptions import SandboxTimeout, SandboxViolation, StrategyFault
from freqgen.finding import Finding, Phase, Severity
from freqgen.sandbox.limits import Fault, WorkerFault

LOADS = "FG801"
RAISES = "FG802"
SHAPE = "FG803"
CANDLES = "FG804"
FUTURE = "FG820"
DISAGREES = "FG860"
ENGINE = "FG861"

_FAULTS: Mapping[Fault, tuple[str, str]] = {
    Fault.TIME: (
        "FG810",
        "look for a loop that does not end, or for work that grows with the square of the candles",
    ),
    Fault.MEMORY: ("FG811", "look for a merge of a frame with itself, or for a list that grows"),
    Fault.DISK: ("FG812", "a strategy writes no files"),
    Fault.OUTPUT: ("FG813", "leave out the print, or say it once"),
    Fault.DIED: ("FG814", "a strategy neither ends its process nor reaches into its memory"),
    Fault.NONSENSE: (
        "FG815",
        "a strategy leaves the process that it runs in as it is, and declares what Freqtrade takes",
    ),
}

CODES = {
    LOADS: "Freqtrade cannot load the strategy",
    RAISES: "the strategy's code fails with an exception",
    SHAPE: "the strategy gives back another frame than Freqtrade needs",
    CANDLES: "the strategy changes the candles that trades are simulated with",
    "FG810": "the strategy did not end in time",
    "FG811": "the strategy took more memory than its limit",
    "FG812": "the strategy filled the disk",
    "FG813": "the strategy printed without end",
    "FG814": "the strategy ended or crashed its process",
    "FG815": "the strategy's process answered what is no answer",
    DISAGREES: "the strategy changed Freqtrade's engine while it ran",
    ENGINE: "the strategy replaces methods of Freqtrade's engine",
}
"""What running a strategy can show before anything is compared."""


def error(code: str, message: str, hint: str = "", line: int | None = None) -> Finding:
    """A finding that blocks."""
    return Finding(
        code=code,
        severity=Severity.ERROR,
        phase=Phase.BEHAVIOUR,
        message=message,
        hint=hint,
        line=line,
    )


def of_worker(name: str, fault: WorkerFault) -> Finding:
    """What a strategy did to the process that it ran in."""
    code, hint = _FAULTS[fault.fault]
    return error(code, f"{name} was stopped: {fault.detail}", hint)


def of_failure(name: str, head: Mapping[str, Any], *, loading: bool = False) -> Finding:
    """What a strategy's process said that failed.

    :param head: A message ``failed``; all of it is the strategy's word.
    :param loading: Whether it was only loaded.
    """
    kinds = [str(kind) for kind in head.get("kinds", ())]
    kind = first_line(str(head.get("error", "an error")), 80)
    text = first_line(str(head.get("message", "")).strip() or kind)
    line = head.get("line")
    line = line if isinstance(line, int) and 0 < line < 1_000_000 else None
    place = f" in {first_line(str(head['function']), 80)}" if head.get("function") else ""
    if "MemoryError" in kinds:
        return of_worker(name, WorkerFault(Fault.MEMORY, "it asked for more memory than its limit"))
    if {"SyntaxError", "ImportError"} & set(kinds) or text.startswith("Impossible to load"):
        if missing := re.search(r"No module named '([\w.]+)'", text):
            package = missing[1].partition(".")[0]
            message = f"{name} imports {missing[1]}, which is not installed here"
            return error(LOADS, message, f"install the package that has {package}", line)
        return error(LOADS, f"Freqtrade cannot load {name}: {text}", "correct the strategy", line)
    if line is None and text == _NOTHING_BACK:
        return error(SHAPE, f"{name} gives back nothing in place of a frame", _SHAPE_HINT, line)
    if "PermissionError" in kinds:
        hint = "the sandbox refused it: a strategy reads candles from Freqtrade and nothing else"
    elif "mismatching last close price" in text:
        return error(CANDLES, f"{name} changes the column close: {text}", _CANDLES_HINT, line)
    elif "mismatching" in text or "No dataframe returned" in text:
        return error(SHAPE, f"{name} gives back another frame: {text}", _SHAPE_HINT, line)
    else:
        hint = "correct the strategy"
    if loading:
        return error(LOADS, f"Freqtrade cannot load {name}: {kind}: {text}{place}", hint, line)
    return error(RAISES, f"{name} failed with {kind}: {text}{place}", hint, line)


def of_engine(name: str, exc: Exception) -> Finding:
    """What Freqtrade's engine fails with where it is given what a strategy declares."""
    text = first_line(f"{type(exc).__name__}: {exc}")
    return error(
        RAISES,
        f"Freqtrade's engine fails on what {name} declares: {text}",
        "look for an attribute, such as a value of protections or minimal_roi, that is out of all "
        "bounds; freqtrade backtesting with the same file shows the line in the engine",
    )


_NOTHING_BACK = "'NoneType' object has no attribute 'copy'"
"""What Freqtrade stumbles over where a ``return`` is missing."""
_CANDLES_HINT = (
    "keep close as it is and put what you compute, such as Heikin-Ashi candles, into other columns"
)
_SHAPE_HINT = "return the frame that was given, with columns added and no row left out"


def raised(finding: Finding) -> StrategyFault:
    """A finding as what is raised where nothing can go on."""
    where = f" (line {finding.line})" if finding.line else ""
    message = finding.message + where
    if finding.code == _FAULTS[Fault.TIME][0]:
        return SandboxTimeout(message, finding=finding, hint=finding.hint)
    if finding.code in {code for code, _ in _FAULTS.values()}:
        return SandboxViolation(message, finding=finding, hint=finding.hint)
    return StrategyFault(message, finding=finding, hint=finding.hint)
