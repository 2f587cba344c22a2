from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import Definition, definitions_of, has_no_condition
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule

_SIGNALS = ("enter_long", "enter_short", "exit_long", "exit_short")
_PLACES = {"populate_entry_trend": "enter", "populate_exit_trend": "exit"}
_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_ENTRY = _HEAD + "    def populate_entry_trend(self, dataframe, metadata):\n"
_EXIT = "        return dataframe\n    def populate_exit_trend(self, dataframe, metadata):\n"
_LONG = "        dataframe.loc[dataframe['a'] > 1, 'enter_long'] = 1\n"


class SignalValue(Rule):
    """FG312: a signal gets a value, or is written in a method, that does not trade.

    Freqtrade enters and exits where a signal is 1 or ``True``: the text ``"1"``, 2 and -1 are no
    signals to it. Entries belong into ``populate_entry_trend`` and exits into
    ``populate_exit_trend``.
    """

    VALID = (
        _ENTRY + _LONG + _EXIT + "        dataframe['exit_long'] = 0\n        return dataframe\n",
        _ENTRY + "        dataframe['enter_long'] = (dataframe['a'] > 1).astype(int)\n",
        _ENTRY + "        dataframe.loc[dataframe['a'] > 1, 'enter_long'] = True\n",
        _ENTRY + "        dataframe.loc[x, ['enter_long', 'enter_tag']] = (1, 'dip')\n",
        _ENTRY + "        dataframe['exit_long'] = 0\n" + _LONG,
        _ENTRY + _LONG + _EXIT + "        dataframe.loc[(), 'exit_long'] = 0\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_ENTRY + "        dataframe.loc[\n            dataframe['a'] > 1,\n"
            "            'enter_long'] = '1'\n        return dataframe\n",
            line=8,
            fixed=_ENTRY + "        dataframe.loc[\n            dataframe['a'] > 1,\n"
            "            'enter_long'] = 1\n        return dataframe\n",
        ),
        Bad(
            code=_ENTRY
            + "        dataframe.loc[x, ['enter_long', 'enter_tag']] = ('dip', 'dip')\n",
            line=6,
        ),
        Bad(code=_ENTRY + "        dataframe.loc[x, 'enter_short'] = -1\n" + _LONG, line=6),
        Bad(code=_ENTRY + "        dataframe['enter_long'] = 2\n", line=6),
        Bad(
            code="import numpy as np\n"
            + _ENTRY
            + "        marks = np.zeros(9)\n        marks[places] = 3\n"
            + "        dataframe['enter_long'] = 2\n",
            line=9,
        ),
        Bad(code=_ENTRY + "        dataframe.loc[x, 'enter_long'] = None\n", line=6),
        Bad(code=_ENTRY + _LONG + _EXIT + "        dataframe.loc[x, 'exit_long'] = 0\n", line=9),
        Bad(
            code=_ENTRY + "        dataframe['enter_long'] = 0\n"
            "        dataframe.loc[x, ['enter_long', 'enter_tag']] = (False, 'dip')\n",
            line=7,
        ),
        Bad(
            code=_ENTRY + "        dataframe.loc[dataframe['a'] > 1, 'exit_long'] = 1\n"
            "        return dataframe\n",
            line=6,
            fixed=_ENTRY + "        dataframe.loc[dataframe['a'] > 1, 'enter_long'] = 1\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_ENTRY + _LONG + _EXIT + '        dataframe.loc[x, "enter_short"] = 1\n'
            "        return dataframe\n",
            line=9,
            fixed=_ENTRY + _LONG + _EXIT + '        dataframe.loc[x, "exit_short"] = 1\n'
            "        return dataframe\n",
        ),
        Bad(
            code=_ENTRY
            + _LONG
            + "        dataframe.loc[x, 'exit_long'] = 1\n"
            + _EXIT
            + "        dataframe.loc[x, 'exit_long'] = 1\n        return dataframe\n",
            line=7,
        ),
    )

    def check(self) -> None:
        self.definitions = definitions_of(self.source)
        found = [
            definition
            for signal in _SIGNALS
            for definition in self.definitions.of(signal)
            if definition.value is not None and not self._is_zero(definition.value)
        ]
        for signal in _SIGNALS:
            self._zeros(self.definitions.of(signal))
        for definition in found:
            self._value(definition)
            self._place(definition, found)

    def _zeros(self, definitions: tuple[Definition, ...]) -> None:
        """Candles are chosen, and all that they get is the value that everything else has."""
        values = [definition.value for definition in definitions]
        if not all(value is not None and self._is_zero(value) for value in values):
            return
        for definition in definitions:
            if not has_no_condition(definition) and definition.value is not None:
                self.report(
                    definition.value,
                    f"{definition.name} is {self.text(definition.value)} for the candles that the "
                    "condition chooses, and nothing makes it 1",
                    hint="write 1 where the condition holds",
                    severity=Severity.WARNING,
                )

    def _is_zero(self, value: cst.BaseExpression) -> bool:
        known = numbers(self.source, value)
        return known.complete and known.known == {0.0}

    def _value(self, definition: Definition) -> None:
        value = definition.value
        if value is None:
            return
        text, known = text_of(value), numbers(self.source, value)
        if isinstance(value, cst.Name) and value.value == "None":
            self.report(
                value,
                f"{definition.name} is None here, and Freqtrade looks for the number 1",
                hint="write 1, or 0 for no signal",
            )
            return
        if text is not None:
            plain = text.strip() in {"0", "1"}
            self.report(
                value,
                f"{definition.name} is a text here, and Freqtrade looks for the number 1",
                hint="write 1",
                edits=[self.replace(value, text.strip())] if plain else (),
            )
        elif known.complete and known.known and not known.known & {0.0, 1.0}:
            shown = ", ".join(f"{number:g}" for number in sorted(known.known))
            self.report(
                value,
                f"{definition.name} is {shown} here, and Freqtrade looks for the number 1",
                hint="write 1; for the other direction there is another column",
            )

    def _place(self, definition: Definition, found: list[Definition]) -> None:
        """An exit among the entries, or the other way round."""
        method = self._method(definition)
        kind, _, direction = definition.name.partition("_")
        wanted = _PLACES.get(method, kind)
        if wanted == kind:
            return
        right = f"{wanted}_{direction}"
        here = [d for d in found if self._method(d) == method]
        elsewhere = [d for d in found if d.name == definition.name and d not in here]
        # Nothing else in the method does what it is for: the column is the wrong one.
        only = not any(d.name.startswith(wanted) for d in here) and (
            kind == "exit" or bool(elsewhere) or wanted == "exit"
        )
        named = [
            node
            for node in self.source.below(definition.target, cst.SimpleString)
            if text_of(node) == definition.name
        ]
        self.report(
            named[-1] if named else definition.target,
            f"{definition.name} is written in {method}",
            hint=f"write {right} there, or move this to the method of the {kind}s",
            severity=None if only else Severity.WARNING,
            edits=self._renamed(definition, right) if only else (),
        )

    def _method(self, definition: Definition) -> str:
        function = self.source.function_of(definition.target)
        return function.name.value if function is not None else ""

    def _renamed(self, definition: Definition, right: str) -> list[Edit]:
        """The edit that writes to another column; none where a tag goes with it."""
        for node in self.source.below(definition.target, cst.SimpleString):
            if text_of(node) == definition.name:
                siblings = [
                    text_of(other)
                    for other in self.source.below(definition.target, cst.SimpleString)
                ]
                if any(other in {"enter_tag", "exit_tag"} for other in siblings):
                    return []
                return [self.replace(node, self.text(node).replace(definition.name, right))]
        return []
