"""Whether the code does what its design says, candle by candle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source
from freqgen_behaviour.common import full_run, laboratory

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from freqgen import (
        CheckedDesign,
        Design,
        Draft,
        Finding,
        Laboratory,
        Phase,
        Run,
        Specimen,
        ValidationContext,
    )

_SIDES: Mapping[str, tuple[str, str]] = {
    "enter_long": ("entry_long", "a long entry"),
    "exit_long": ("exit_long", "a long exit"),
    "enter_short": ("entry_short", "a short entry"),
    "exit_short": ("exit_short", "a short exit"),
}
"""The design's rules and a name of every signal."""

_ROUNDING = 1e-9
"""Relative difference of two sides of a comparison below which rounding decides it, unless they
are equal: the same average summed in another order differs by less."""


_SHOWN = 12
"""Most operands whose values are listed."""


class Faithful:
    """Compares the signals of a draft with the reference signals of its design."""

    name = "faithful"
    codes = ("FG830", "FG831")

    @property
    def phase(self) -> Phase:
        """The strategy is run."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self, draft: Draft, design: Design | None, context: ValidationContext
    ) -> Iterable[Finding]:
        """Say for every side that disagrees how often, and why on the first candle.

        Where the design narrows a side in words, only signals outside its rules disagree; and
        it is said that no more could be compared.

        :raises DesignError: If the design cannot be computed.
        """
        from freqgen import check_design

        if design is None:
            return
        found = full_run(draft, context)
        if found is None:
            return
        specimen, run = found
        reference = _Reference.of(
            check_design(design, context.catalogue), laboratory(context), specimen, run
        )
        if reference is None:
            return
        for side, (field, _) in _SIDES.items():
            if design.words(field):
                yield _in_words(side, draft, design, run)
            finding = _compare(side, draft, specimen, run, reference)
            if finding is not None:
                yield finding

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the code."""
        return _DOCUMENTATION


class _Reference:
    """What a design says on the candles of a run, and of what its rules are made there."""

    def __init__(
        self, checked: CheckedDesign, candles: pd.DataFrame, informative: Mapping[Any, pd.DataFrame]
    ) -> None:
        self.checked = checked
        self._candles = candles
        self._informative = informative
        self.frame = self._compute(checked)

    @classmethod
    def of(
        cls, checked: CheckedDesign, laboratory: Laboratory, specimen: Specimen, run: Run
    ) -> _Reference | None:
        """The reference on the candles that a full run saw.

        :returns: ``None`` if there are no candles of a market that the design reads.
        """
        assert run.candles is not None  # noqa: S101  (there is no full run without)
        informative = {}
        for market in checked.markets:
            candles = laboratory.candles(specimen, market.pair or specimen.pair, market.timeframe)
            if candles.empty:
                return None
            informative[market] = candles
        return cls(checked, run.candles, informative)

    def _compute(self, checked: CheckedDesign) -> pd.DataFrame:
        from freqgen import reference_signals

        return reference_signals(checked, self._candles, informative=self._informative)

    def rules(self, side: str) -> list[tuple[Any, NDArray[np.bool_]]]:
        """Every rule of a side, with where it is true."""
        field = _SIDES[side][0]
        found = []
        for rule in self.checked.rules[field]:
            alone = {**dict.fromkeys(self.checked.rules, ()), field: (rule,)}
            frame = self._compute(replace(self.checked, rules=alone, target=None))
            found.append((rule, frame[side].to_numpy(dtype=bool)))
        return found

    def values(self, rule: Any, node: Any) -> pd.Series[float]:
        """The value of a part of a rule for every candle.

        :param node: A number.
        """
        part = replace(rule, root=node)
        nothing = dict.fromkeys(self.checked.rules, ())
        frame = self._compute(replace(self.checked, rules=nothing, target=part))
        return frame["exit_target"].astype(float)

    def undecided(self, side: str) -> NDArray[np.bool_]:
        """Candles on which rounding decides a comparison of a side."""
        import numpy as np

        found = np.zeros(len(self.frame), dtype=bool)
        for rule in self.checked.rules[_SIDES[side][0]]:
            for left, right, crossing in _compared(rule.root):
                a = self.values(rule, left).to_numpy()
                b = self.values(rule, right).to_numpy()
                with np.errstate(invalid="ignore"):
                    close = np.abs(a - b) <= _ROUNDING * np.maximum(np.abs(a), np.abs(b))
                close &= a != b
                found |= close
                if crossing:  # which looks one candle back
                    found[1:] |= close[:-1]
        return found

    def operands(self, side: str, row: int) -> list[str]:
        """The operands of a side's rules with their values on a candle, as text."""
        found: dict[str, str] = {}
        for rule in self.checked.rules[_SIDES[side][0]]:
            crossing = {
                id(part)
                for node in _walk(rule.root)
                if _is_crossing(node)
                for part in node.operands
            }
            for node in _walk(rule.root):
                text = _operand(rule.text, node)
                if not text or (text in found and id(node) not in crossing):
                    continue
                values = self.values(rule, node)
                found[text] = f"{text} {_shown(values.iloc[row])}"
                if id(node) in crossing and row:
                    found[text] += f" (after {_shown(values.iloc[row - 1])})"
        listed = list(found.values())
        more = [f"and {len(listed) - _SHOWN} more"] if len(listed) > _SHOWN else []
        return listed[:_SHOWN] + more


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children():
        yield from _walk(child)


def _compared(root: Any) -> Iterator[tuple[Any, Any, bool]]:
    """Both sides of every comparison, and of every crossing."""
    for node in _walk(root):
        if _is_crossing(node):
            yield *node.operands, True
        elif node.kind.name == "CONDITION" and hasattr(node, "left"):
            yield node.left, node.right, False


def _is_crossing(node: Any) -> bool:
    return str(getattr(node, "function", "")).startswith("crosses_")


def _operand(text: str, node: Any) -> str:
    """How a number that changes is written in a rule; empty for anything else."""
    if node.kind.name not in {"SERIES", "SCALAR"}:
        return ""
    if hasattr(node, "function"):
        depth = 0
        for end in range(node.start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if text[end] == ")" and not depth:
                return text[node.start : end + 1]
        return ""
    name = getattr(node, "name", "")
    return str(name)


def _signals(frame: pd.DataFrame, column: str, *, traded: bool) -> NDArray[np.bool_]:
    """Where Freqtrade acts: on 1, and on nothing else."""
    import numpy as np

    if not traded or column not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray((frame[column] == 1).fillna(False), dtype=bool)


def _compare(
    side: str, draft: Draft, specimen: Specimen, run: Run, reference: _Reference
) -> Finding | None:
    import numpy as np

    from freqgen import Finding, Phase, Severity

    assert run.frame is not None  # noqa: S101  (there is no full run without)
    short = side.endswith("short")
    can_short = bool(specimen.attributes.get("can_short"))
    got = _signals(run.frame, side, traded=can_short or not short)
    wanted = reference.frame[side].to_numpy(dtype=bool)
    start = max(specimen.startup, reference.checked.startup)
    differ = (got != wanted) & (np.arange(len(got)) >= start)
    field, name = _SIDES[side]
    words = reference.checked.design.words(field)
    if words:
        if not reference.checked.rules[field]:
            return None
        differ &= got  # words may take signals away, and add none
    if not differ.any():
        return None
    differ &= ~reference.undecided(side)
    if not differ.any():
        return None
    row = int(np.flatnonzero(differ)[0])
    compared = len(got) - start
    moment = reference.frame["date"].iloc[row]
    source = Source(draft.source)
    rules = reference.rules(side)
    why = _why(field, rules, row, wanted=bool(wanted[row]))
    operands = reference.operands(side, row)
    values = f"; on that candle {', '.join(operands)}" if operands else ""
    return Finding(
        code="FG830",
        severity=Severity.ERROR,
        phase=Phase.BEHAVIOUR,
        message=f"the code and the design agree on {name} for {compared - int(differ.sum()):,} of "
        f"{compared:,} candles of {specimen.pair} ({int((got & differ).sum()):,} too many, "
        f"{int((wanted & differ).sum()):,} missing); they first differ on {moment:%Y-%m-%d %H:%M}, "
        f"where the code {'has' if got[row] else 'does not have'} the signal and the design "
        f"{why}{values}",
        hint=_hint(side, specimen, rules, ever=bool(got.any()), words=words),
        line=source.line_of(side, run.lines),
    )


def _in_words(side: str, draft: Draft, design: Design, run: Run) -> Finding:
    """That a part of a side could not be compared, with the words for whoever reads the code."""
    from freqgen import Finding, Phase, Severity

    field, name = _SIDES[side]
    rules = getattr(design, field)
    held = f"only that it lies within the rules of {field}" if rules else "nothing of it"
    said = "; ".join(design.words(field))
    return Finding(
        code="FG831",
        severity=Severity.WARNING,
        phase=Phase.BEHAVIOUR,
        message=f"the design says in words when there is {name} ({said}), and {held} could be "
        "compared with the code",
        hint="let the code of this signal do what these words say; a person reads it against them "
        "before it is approved",
        line=Source(draft.source).line_of(side, run.lines),
    )


def _why(field: str, rules: list[tuple[Any, NDArray[np.bool_]]], row: int, *, wanted: bool) -> str:
    if not rules:
        return f"has no rule in {field}"
    if wanted:
        return "does: " + " and ".join(f"({rule.text})" for rule, _ in rules)
    false = [rule.text for rule, true in rules if not true[row]]
    return (
        "does not: "
        + " and ".join(f"({text})" for text in false)
        + (" are not true" if len(false) > 1 else " is not true")
    )


def _hint(
    side: str,
    specimen: Specimen,
    rules: list[tuple[Any, NDArray[np.bool_]]],
    *,
    ever: bool,
    words: tuple[str, ...] = (),
) -> str:
    if side.endswith("short") and rules and not specimen.attributes.get("can_short"):
        return "write can_short = True, without which Freqtrade opens no shorts"
    if not rules:
        return f"leave {side} out, or write the rule into the design"
    text = " and ".join(f"({rule.text})" for rule, _ in rules)
    if words:
        return f"what the design says in words narrows its rules: {side} may be 1 only where {text}"
    if not ever:
        return f"set {side} to 1 where {text}; the code never does"
    return f"make the code set {side} to 1 exactly where {text}"


def _shown(value: float) -> str:
    return "missing" if isnan(value) else f"{value:.10g}"


_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    'class S(IStrategy):\n    timeframe = "1h"\n\n'
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)

_BREAK = (
    _HEAD + '        before = dataframe["low"].rolling(20).min().shift(1)\n'
    '        dataframe.loc[dataframe["low"] < before, "enter_long"] = 1\n'
    "        return dataframe\n"
)

_DOCUMENTATION = (
    CodeDocumentation(
        code="FG830",
        name=Faithful.name,
        title="the code does not do what its design says",
        why="Entries and exits of the code are compared with the reference signals of the design "
        "on every candle after the warm-up. A threshold that is off by one, a < in place of "
        "<=, a condition left out or a column taken for another shows as a candle on which they "
        "disagree; the finding names the first one, with the values of the rule's operands. "
        "Candles on which two values differ by no more than rounding are left out. The example "
        "is of a design that says ``rsi < 30``.",
        bad=(
            _HEAD + '        dataframe.loc[dataframe["rsi"] <= 31, "enter_long"] = 1\n'
            "        return dataframe\n",
        ),
        good=(
            _HEAD + '        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1\n'
            "        return dataframe\n",
        ),
    ),
    CodeDocumentation(
        code="FG831",
        name=Faithful.name,
        title="a part of the design is in words, and was not compared",
        why="A condition in ``in_words`` of a design has no reference signals. It may take "
        "signals of the rules away, so the code is compared for adding none (FG830), and no "
        "further. Whether it does what the words say is for a person to read; it is never "
        "allowed without one. The example is of a design that says ``a low under those of the "
        "20 candles before it`` in words; where it says ``low < shift(lowest(low, 20), 1)``, the "
        "same code is compared.",
        severity="warning",
        bad=(_BREAK,),
        good=(_BREAK,),
    ),
)
