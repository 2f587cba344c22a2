from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.calls import by_row
from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad
from freqgen_structure.vocabulary import DATA, Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_LOCATORS = frozenset({"iloc", "loc", "iat", "at"})
Loop = cst.For | cst.While | cst.CompFor | cst.Lambda


class LaterRow(CandlesRule):
    """FG208: a loop over the candles reads a row that comes after the one it is at.

    ``close[i + 1]`` in a loop over ``i`` is the next candle, and ``close[i:i + 5]`` are the
    next ones. Where the loop writes as far ahead as it reads, nothing is reported; where what
    it reads goes into a list, whose rows may be moved later, the finding is a warning. A loop
    from the last candle to the first that reads what it wrote is the same thing backwards.
    """

    HINT = "read rows up to i: close[i - 1] is the candle before, close[i - 4:i + 1] the last five"
    VALID = (
        _POPULATE + "    c = dataframe['close'].values\n"
        "    for i in range(1, len(c)):\n        dataframe.loc[i, 'a'] = c[i] - c[i - 1]",
        _POPULATE + "    c = dataframe['close'].values\n"
        "    for i in range(len(c) - 1):\n        dataframe.loc[i + 1, 'a'] = c[i + 1] - c[i]",
        _POPULATE + "    c = dataframe['close'].values\n"
        "    for i in range(5, len(c)):\n        dataframe.loc[i, 'a'] = c[i - 4:i + 1].max()",
        _POPULATE + "    c = dataframe['close'].values\n"
        "    for i in range(5, len(c)):\n        for j in range(3):\n            print(j)\n"
        "        for j in range(1, 4):\n            dataframe.loc[i, 'a'] = c[i - j + 1]",
        _POPULATE + "    names = ['a', 'b']\n"
        "    for i in range(1):\n        dataframe[names[i + 1]] = dataframe[names[i]].shift(1)",
        _POPULATE + "    c = dataframe['close'].values\n"
        "    out = [None]\n    for i in range(len(c) - 1):\n        out.append(c[i + 1] - c[i])\n"
        "    dataframe['a'] = out",
    )
    INVALID: ClassVar = (
        Bad(
            code=_POPULATE + "    for i in range(len(dataframe) - 1):\n"
            "        dataframe.loc[i, 'a'] = dataframe['close'].iloc[i + 1]",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].values\n    n = 3\n"
            "    for i in range(len(c) - n):\n        dataframe.loc[i, 'a'] = c[i + n] / c[i]",
            line=5,
        ),
        Bad(
            code=_POPULATE + "    for i, row in dataframe.iterrows():\n"
            "        if dataframe.at[i + 1, 'close'] > row['close']:\n"
            "            dataframe.at[i, 'enter_long'] = 1",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].values\n"
            "    dataframe['a'] = [max(c[i:i + 5]) for i in range(len(c))]",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].values\n    i = 0\n"
            "    while i < len(c) - 1:\n        dataframe.loc[i, 'a'] = c[i + 1]\n        i += 1",
            line=5,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].copy()\n"
            "    for i in range(len(c) - 2, -1, -1):\n        c[i] = max(c[i], c[i + 1])\n"
            "    dataframe['a'] = c",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close']\n"
            "    dataframe['a'] = dataframe.apply(lambda r: c.iloc[r.name + 1], axis=1)",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    for i in dataframe.index[:-1]:\n"
            "        dataframe.at[i, 'a'] = dataframe.at[i + 1, 'close']",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].values\n"
            "    for i in range(len(c)):\n        dataframe.loc[i, 'a'] = c[i:].min()",
            line=4,
        ),
    )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        if isinstance(self.source.parent(node), cst.AssignTarget):
            return
        base: cst.BaseExpression = node.value
        located = isinstance(base, cst.Attribute) and base.attr.value in _LOCATORS
        if isinstance(base, cst.Attribute) and located:
            base = base.value
        kind = self.candles.kind(base)
        if kind not in DATA or self.is_target(node) or self.trades_only(node):
            return
        for loop, name in self._loops(node):
            reach = self._reach(node.slice[0].slice, name)
            if reach is not None and reach > 0:
                self._report(node, loop, name, reach)
                return

    def _loops(self, node: cst.CSTNode) -> list[tuple[Loop, str]]:
        """The loops around ``node`` that take one turn a candle, and the row's name in each."""
        found: list[tuple[Loop, str]] = []
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.For):
                found += [(outer, name) for name in self._row(outer.target, outer.iter)]
            elif isinstance(outer, cst.ListComp | cst.GeneratorExp):
                turns: cst.CompFor | None = outer.for_in
                while turns is not None:
                    found += [(turns, name) for name in self._row(turns.target, turns.iter)]
                    turns = turns.inner_for_in
            elif isinstance(outer, cst.Lambda):
                found += self._of_lambda(outer)
            elif isinstance(outer, cst.While):
                found += [
                    (outer, step.target.value)
                    for step in self.source.below(outer.body, cst.AugAssign)
                    if isinstance(step.target, cst.Name)
                    and isinstance(step.operator, cst.AddAssign)
                ]
        return found

    def _of_lambda(self, node: cst.Lambda) -> list[tuple[Loop, str]]:
        """``frame.apply(lambda row: …, axis=1)`` counts its rows by ``row.name``."""
        arg = self.source.parent(node)
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            return []
        names = [param.name.value for param in node.params.params[:1]]
        if self.candles.kind(call.func.value) is Kind.INDEX:
            return [(node, name) for name in names]
        return [(node, f"{name}.name") for name in names if by_row(call)]

    def _row(self, target: cst.BaseExpression, turns: cst.BaseExpression) -> list[str]:
        """The name that counts the rows in a loop over ``turns``."""
        if self.candles.kind(turns) is Kind.INDEX and isinstance(target, cst.Name):
            return [target.value]
        if not isinstance(turns, cst.Call):
            return []
        name = turns.func.attr if isinstance(turns.func, cst.Attribute) else turns.func
        called = name.value if isinstance(name, cst.Name) else ""
        if called in {"range", "reversed", "prange", "tqdm"} and isinstance(target, cst.Name):
            return [target.value]
        if called == "itertuples" and isinstance(target, cst.Name):
            return [f"{target.value}.Index"]
        if called in {"enumerate", "iterrows", "items"} and isinstance(target, cst.Tuple):
            first = target.elements[0].value
            return [first.value] if isinstance(first, cst.Name) else []
        return []

    def _reach(self, part: cst.BaseSlice, name: str) -> float | None:
        """How many rows after the loop's own a selection goes, if that can be told."""
        if isinstance(part, cst.Index):
            return self._offset(part.value, name)
        if not isinstance(part, cst.Slice):
            return None
        lower = self._offset(part.lower, name) if part.lower is not None else None
        if part.upper is None:
            return float("inf") if lower is not None and part.step is None else None
        upper = self._offset(part.upper, name)
        return upper - 1 if upper is not None else None

    def _offset(self, node: cst.BaseExpression, name: str) -> float | None:
        """``k`` of ``name + k``."""
        match node:
            case cst.Name() | cst.Attribute():
                return 0.0 if dotted(node) == name else None
            case cst.BinaryOperation(operator=cst.Add(), left=left, right=right):
                for row, ahead in ((left, right), (right, left)):
                    start = self._offset(row, name)
                    if start is not None:
                        known = self._farthest(ahead, 1)
                        return None if known is None else start + known
            case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=right):
                start = self._offset(left, name)
                if start is not None:
                    known = self._farthest(right, -1)
                    return start - (1.0 if known is None else known)
            case cst.Call(func=cst.Name(value="min"), args=args):
                # As in close[i:min(i + 5, len(close))].
                found = [self._offset(arg.value, name) for arg in args]
                return next((offset for offset in found if offset is not None), None)
        return None

    def _farthest(self, node: cst.BaseExpression, sign: int) -> float | None:
        """The number that leads farthest in a direction; the nearest where loops share a name."""
        known = [sign * number for number in numbers(self.source, node).known]
        if not known:
            return None
        names = self.source.below(node, cst.Name)
        shared = any(len(self.source.bindings(name)) > 1 for name in names)
        return sign * (min(known) if shared else max(known))

    def _report(self, node: cst.Subscript, loop: Loop, name: str, reach: float) -> None:
        written = self._written(loop, name)
        if written is not None and reach <= written:
            return
        certain = written is not None
        if written is None:
            padded = self._padded(loop)
            if padded is None:
                return
            certain = padded
        self.report(
            node.slice[0],
            "the loop reads a row that comes after the one it is at",
            severity=None if certain else Severity.WARNING,
        )

    def _written(self, loop: Loop, name: str) -> float | None:
        """How far ahead of its row the loop writes."""
        offsets = [
            self._reach(target.target.slice[0].slice, name)
            for target in self.source.below(loop, cst.AssignTarget)
            if isinstance(target.target, cst.Subscript)
        ]
        known = [offset for offset in offsets if offset is not None]
        return max(known) if known else None

    def _padded(self, loop: Loop) -> bool | None:
        """Whether the rows of a list surely stay where they are; ``None`` if they are moved."""
        if isinstance(loop, cst.Lambda):
            return True
        if isinstance(loop, cst.CompFor):
            comp = self.source.parent(loop)
            while isinstance(comp, cst.CompFor):
                comp = self.source.parent(comp)
            outer = self.source.parent(comp) if comp is not None else None
            if isinstance(outer, cst.BinaryOperation) and isinstance(outer.operator, cst.Add):
                return True if outer.left is comp else None
            return isinstance(outer, cst.Assign) and isinstance(
                outer.targets[0].target, cst.Subscript
            )
        for call in self.source.below(loop, cst.Call):
            match call.func:
                case cst.Attribute(value=cst.Name() as listed, attr=cst.Name(value="append")):
                    values = self.source.values(listed)
                    if not any(isinstance(v, cst.List) and not v.elements for v in values):
                        return None
        return False
