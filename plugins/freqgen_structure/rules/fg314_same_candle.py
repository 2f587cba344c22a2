from typing import ClassVar

import libcst as cst
from libcst.metadata import GlobalScope

from freqgen_structure.conditions import TURNED, joined, key_of, part_of
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import Definition, definitions_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

# An entry is not taken where one of these is true on the same candle.
_AGAINST = {
    "enter_long": ("exit_long", "enter_short"),
    "enter_short": ("exit_short", "enter_long"),
}
_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_ENTRY = _HEAD + "    def populate_entry_trend(self, dataframe, metadata):\n"
_LONG = "        dataframe.loc[(dataframe['a'] > 1) & (dataframe['b'] < 2), 'enter_long'] = 1\n"
_EXIT = "        return dataframe\n    def populate_exit_trend(self, dataframe, metadata):\n"


class SameCandle(Rule):
    """FG314: an entry is always on a candle that also has an exit.

    Freqtrade takes no entry where the exit of the same direction, or the entry of the other one,
    is set on the same candle. Where the condition of the one holds, the condition of the other
    does too: the strategy never trades.
    """

    HINT = "turn one of the two conditions round"
    VALID = (
        _ENTRY + _LONG + _EXIT + "        dataframe.loc[dataframe['a'] < 1, 'exit_long'] = 1\n",
        _ENTRY + _LONG + _EXIT + "        dataframe.loc[(dataframe['a'] > 1)\n"
        "            & (dataframe['c'] > 2), 'exit_long'] = 1\n",
        _ENTRY + _LONG + _EXIT + "        dataframe.loc[:, 'exit_long'] = 0\n",
        "from functools import reduce\n" + _ENTRY + "        parts = []\n"
        "        parts.append(dataframe['a'] > 1)\n"
        "        dataframe.loc[reduce(lambda x, y: x & y, parts), 'enter_long'] = 1\n"
        + _EXIT
        + "        parts = []\n        parts.append(dataframe['b'] > 1)\n"
        "        dataframe.loc[reduce(lambda x, y: x & y, parts), 'exit_long'] = 1\n",
        _ENTRY + _LONG + _EXIT + "        if self.x:\n"
        "            dataframe.loc[dataframe['a'] > 1, 'exit_long'] = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_ENTRY + _LONG + _EXIT + "        dataframe.loc[\n"
            "            (2 > dataframe['b']) & (dataframe['a'] > 1), 'exit_long'\n        ] = 1\n",
            line=10,
        ),
        Bad(
            code=_ENTRY
            + _LONG
            + _EXIT
            + "        dataframe.loc[dataframe['a'].gt(1), 'exit_long'] = 1\n",
            line=9,
        ),
        Bad(
            code=_ENTRY + _LONG + "        dataframe.loc[dataframe['a'] > 1, 'enter_short'] = 1\n",
            line=7,
        ),
        Bad(code=_ENTRY + _LONG + _EXIT + "        dataframe['exit_long'] = 1\n", line=9),
        Bad(
            code=_ENTRY + "        low = dataframe['a'] > 1\n        dataframe['enter_long'] = "
            "low.astype(int)\n" + _EXIT + "        dataframe['exit_long'] = dataframe['a'] > 1\n",
            line=10,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        self.definitions = definitions_of(self.source)
        for entry, others in _AGAINST.items():
            for definition in self.definitions.of(entry):
                wanted = self._parts(definition)
                if wanted is None or not wanted[1]:
                    continue
                for other in others:
                    if self._answers(entry, wanted[1], other):
                        break

    def _answers(self, entry: str, wanted: frozenset[str], other: str) -> bool:
        """Report what is true wherever an entry is; whether there is such."""
        found = self.definitions.of(other)
        for number, definition in enumerate(found):
            against = self._parts(definition)
            if against is None or not against[1] <= wanted or self._branches(definition):
                continue
            if any(later.whole for later in found[number + 1 :]):
                continue  # it is written again
            if other == "enter_long":
                continue  # said of the entry to the long side
            self.report(
                against[0],
                f"{other} is set on every candle that has {entry}, so that it is never taken",
            )
            return True
        return False

    def _branches(self, definition: Definition) -> bool:
        """Whether a place may not be reached."""
        return any(
            isinstance(a, cst.If | cst.For | cst.While | cst.Try)
            for a in self.source.ancestors(definition.target)
        )

    def _parts(self, definition: Definition) -> tuple[cst.BaseExpression, frozenset[str]] | None:
        """The condition of a signal and the keys of its parts; ``None`` where it is not plain."""
        value = definition.value
        if value is None:
            return None
        known = numbers(self.source, value)
        condition: cst.BaseExpression | None = None
        if definition.whole:
            if known.complete:
                one = known.known == {1.0}
                return (value, frozenset()) if one else None
            condition = value
        elif known.complete and known.known == {1.0}:
            condition = self._rows(definition.target)
        if condition is None:
            return None
        condition = _bare(condition)
        if self.kinds.of(condition) is not Kind.BOOLS:
            return None
        keys = [self._key(part) for part in joined(self.source, condition, cst.BitAnd)]
        return condition, frozenset(keys)

    def _rows(self, target: cst.CSTNode) -> cst.BaseExpression | None:
        if not isinstance(target, cst.Subscript) or len(target.slice) != 2:
            return None
        rows = target.slice[0].slice
        return rows.value if isinstance(rows, cst.Index) else None

    def _is_local(self, name: cst.Name) -> bool:
        """Whether a name is assigned in a function; parameters are the same in all of them."""
        bindings = self.source.bindings(name)
        return any(one.whole is not None for one in bindings) and not any(
            isinstance(one.scope, GlobalScope) for one in bindings
        )

    def _key(self, node: cst.BaseExpression) -> str:
        part = part_of(self.source, node)
        if any(self._is_local(name) for name in self.source.below(node, cst.Name)):
            # The same name means something else in another method.
            function = self.source.function_of(node)
            return f"{function.name.value if function else ''} {key_of(self.source, node)}"
        if part is None:
            return key_of(self.source, node)
        left, right = key_of(self.source, part.left), key_of(self.source, part.right)
        sign = part.sign
        if left > right:
            left, sign, right = right, TURNED[sign], left
        return f"{'x' if part.crosses else ''} {left} {sign} {right}"


def _bare(node: cst.BaseExpression) -> cst.BaseExpression:
    """``condition`` of ``condition.astype(int)``."""
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="astype"))):
            return inner
    return node
