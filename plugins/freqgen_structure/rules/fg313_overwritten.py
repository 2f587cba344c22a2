from itertools import pairwise
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import columns_of
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import Definition, definitions_of
from freqgen_structure.nodes import dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, dataframe_parameter

_SIGNALS = frozenset({"enter_long", "enter_short", "exit_long", "exit_short"})
_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n"
)
_ENTRY = _HEAD + "    def populate_entry_trend(self, dataframe, metadata):\n"
_LONG = "        dataframe.loc[dataframe['a'] > 1, 'enter_long'] = 1\n"
_BLOCKS = cst.IndentedBlock | cst.Module


class Overwritten(Rule):
    """FG313: a column is written as a whole after it was written, and nothing has read it.

    ``dataframe["enter_long"] = 0`` behind the conditions clears every signal, and a second
    ``dataframe["enter_long"] = condition`` leaves nothing of the first. For columns that are no
    signals it is a warning.
    """

    HINT = "write the conditions into one, or give the second column a name of its own"
    VALID = (
        _ENTRY + "        dataframe['enter_long'] = 0\n" + _LONG + _LONG,
        _ENTRY + "        dataframe['a'] = ta.EMA(dataframe)\n"
        "        dataframe['a'] = dataframe['a'].fillna(0)\n",
        _ENTRY + "        if self.x:\n            dataframe['enter_long'] = dataframe['a'] > 1\n"
        "        else:\n            dataframe['enter_long'] = dataframe['a'] > 2\n",
        _ENTRY + _LONG + "        dataframe['enter_long'] = dataframe['enter_long'].fillna(0)\n",
        _ENTRY + "        dataframe['a'] = 1\n        dataframe = self.more(dataframe)\n"
        "        dataframe['a'] = 2\n",
        _ENTRY + "        dataframe['a'] = ta.EMA(dataframe.assign(close=dataframe['high']))\n"
        "        dataframe['b'] = ta.EMA(dataframe.assign(close=dataframe['low']))\n",
        _ENTRY + "        hours = self.dp.get_pair_dataframe('A/B', '1h')\n        hours['a'] = 1\n"
        "        dataframe = merge(dataframe, hours)\n        dataframe['a'] = 2\n",
        _ENTRY + "        some = self.dp.get_pair_dataframe('A/B', '1h')\n        some['a'] = 1\n"
        "        dataframe = pd.merge(dataframe, some)\n"
        "        some = self.dp.get_pair_dataframe('A/B', '4h')\n        some['a'] = 2\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_ENTRY + _LONG + "        dataframe['enter_long'] = 0\n        return dataframe\n",
            line=8,
        ),
        Bad(
            code=_ENTRY + "        dataframe['enter_long'] = dataframe['a'] > 1\n"
            "        dataframe.loc[:, 'enter_long'] = dataframe['b'] > 1\n"
            "        return dataframe\n",
            line=8,
        ),
        Bad(
            code=_ENTRY + _LONG + "        return dataframe\n"
            "    def populate_exit_trend(self, dataframe, metadata):\n"
            "        dataframe['enter_long'] = 0\n        dataframe['exit_long'] = 0\n"
            "        return dataframe\n",
            line=10,
        ),
        Bad(
            code=_ENTRY + "        dataframe['a'] = ta.EMA(dataframe, timeperiod=5)\n"
            "        dataframe['a'] = ta.EMA(dataframe, timeperiod=9)\n        return dataframe\n",
            line=8,
        ),
        Bad(
            code=_ENTRY
            + "        if self.x:\n    "
            + _LONG
            + "        dataframe['enter_long'] = 0\n        return dataframe\n",
            line=9,
        ),
    )

    def check(self) -> None:
        self.definitions = definitions_of(self.source)
        for name in sorted(self.definitions.names):
            every = [d for d in self.definitions.of(name) if self._rank(d) is not None]
            found = [d for d in every if self._is_kept(d)]
            found.sort(key=self._order)
            for earlier, later in pairwise(found):
                if self._loses(name, earlier, later):
                    self._say(name, earlier, later)

    def _is_kept(self, definition: Definition) -> bool:
        """Whether the strategy's own frame gets it, and not a copy that a function is given."""
        arg = self.source.parent(definition.target)
        if not isinstance(arg, cst.Arg) or arg.keyword is not definition.target:
            return True
        call = self.source.parent(arg)
        return isinstance(self.source.parent(call) if call else None, cst.Assign)

    def _function(self, definition: Definition) -> cst.FunctionDef | None:
        return self.source.function_of(definition.target)

    def _rank(self, definition: Definition) -> int | None:
        """The place of a method in the order that Freqtrade calls them in."""
        function = self._function(definition)
        if function is None or self.source.methods.get(function.name.value) is not function:
            return None
        name = function.name.value
        return POPULATE.index(name) if name in POPULATE else None

    def _order(self, definition: Definition) -> tuple[int, tuple[int, int]]:
        return self._rank(definition) or 0, self.source.position(definition.target)

    def _loses(self, name: str, earlier: Definition, later: Definition) -> bool:
        """Whether nothing of the earlier values is left, and nothing has read them."""
        if not later.whole or later.value is None or earlier.value is None:
            return False
        if numbers(self.source, earlier.value).known <= {0.0} and (
            numbers(self.source, earlier.value).complete or text_of(earlier.value) == ""
        ):
            return False  # it makes the column
        if isinstance(earlier.value, cst.Name) and earlier.value.value == "None":
            return False
        same = self._function(earlier) is self._function(later)
        if not same and name not in _SIGNALS:
            return False
        if same and not self._of_one_frame(earlier, later):
            return False
        return self._always(earlier, later, same=same) and not self._read(name, earlier, later)

    def _of_one_frame(self, earlier: Definition, later: Definition) -> bool:
        """Whether both write to one frame, and another than the method's goes nowhere between."""
        frames = [_frame(one.target) for one in (earlier, later)]
        function = self._function(later)
        if frames[0] is None or frames[1] is None or function is None:
            return True
        if frames[0].value != frames[1].value:
            return False
        if frames[0].value == dataframe_parameter(function):
            return True
        first, last = self.source.number(frames[0]), self.source.number(frames[1])
        return not any(
            first < self.source.number(node) < last
            and not isinstance(self.source.parent(node), cst.Subscript | cst.Attribute)
            for node in self.source.named(function.body, frames[0].value)
        )

    def _always(self, earlier: Definition, later: Definition, *, same: bool) -> bool:
        """Whether the later place is reached whenever the earlier one is."""
        block = self._block(later.target)
        if not same:
            function = self._function(later)
            return function is not None and block is function.body
        return block is not None and any(a is block for a in self.source.ancestors(earlier.target))

    def _block(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return next((a for a in self.source.ancestors(node) if isinstance(a, _BLOCKS)), None)

    def _read(self, name: str, earlier: Definition, later: Definition) -> bool:
        """Whether anything between two places may read the column."""
        if self._in_loop(earlier.target) or self._in_loop(later.target):
            return True
        first, last = self.source.span(earlier.target)[1], self.source.span(later.value)[1]  # type: ignore[arg-type]
        if self._function(earlier) is not self._function(later):
            first = self.source.span(self._function(later).body)[0]  # type: ignore[union-attr]
        for node in self.source.all(cst.SimpleString, cst.Attribute, cst.FormattedString):
            start, _ = self.source.span(node)
            if not first < start < last or self.source.inside(node, later.target):
                continue
            if isinstance(node, cst.FormattedString):
                return True
            text = node.attr.value if isinstance(node, cst.Attribute) else text_of(node)
            if text is not None and name in text:
                return True
        return name not in _SIGNALS and self._handed_on(first, last)

    def _handed_on(self, first: int, last: int) -> bool:
        """Whether a function of the file, or an unknown one, is called in between."""
        if columns_of(self.source).opaque:
            return True
        for call in self.source.all(cst.Call):
            start, _ = self.source.span(call)
            local = (dotted(call.func) or "").startswith("self.")
            if first < start < last and (local or self._of_file(call)):
                return True
        return False

    def _of_file(self, call: cst.Call) -> bool:
        return isinstance(call.func, cst.Name) and not self.source.imported(call.func)

    def _in_loop(self, node: cst.CSTNode) -> bool:
        return any(isinstance(a, cst.For | cst.While) for a in self.source.ancestors(node))

    def _say(self, name: str, earlier: Definition, later: Definition) -> None:
        line, _ = self.source.position(earlier.target)
        signal = name in _SIGNALS
        value = later.value
        cleared = value is not None and numbers(self.source, value).known == {0.0}
        what = "clears" if cleared else "overwrites"
        self.report(
            later.target,
            f'this {what} the column "{name}" of line {line}, which nothing has read',
            severity=None if signal else Severity.WARNING,
        )


def _frame(target: cst.CSTNode) -> cst.Name | None:
    """The name of the frame in ``frame["x"]`` or ``frame.loc[rows, "x"]``."""
    while isinstance(target, cst.Subscript | cst.Attribute):
        target = target.value
    return target if isinstance(target, cst.Name) else None
