from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen_structure.conditions import comparisons
from freqgen_structure.definitions import definitions_of
from freqgen_structure.editing import renamed_text
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant

_HEAD = "import numpy as np\ndataframe['trend'] = np.where(dataframe['a'] > 1, 'up', 'down')\n"


class TextNeverWritten(Rule):
    """FG343: a column of texts is compared with a text that is never written into it.

    Where ``np.where`` or ``np.select`` writes ``"up"`` and ``"down"``, a comparison with ``"Up"``
    is false on every candle, and raises no error.
    """

    VALID = (
        _HEAD + "x = dataframe['trend'] == 'up'\n",
        _HEAD + "dataframe.loc[dataframe['a'] == 0, 'trend'] = 'flat'\n"
        "x = dataframe['trend'] == 'flat'\n",
        _HEAD
        + "dataframe['trend'] = dataframe['b'].map(names)\nx = dataframe['trend'] == 'flat'\n",
        "x = dataframe['trend'] == 'flat'\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "x = dataframe['trend'] == 'Up'  # rising\n",
            line=3,
            fixed=_HEAD + "x = dataframe['trend'] == 'up'  # rising\n",
        ),
        Bad(
            code="import numpy as np\ndataframe['trend'] = np.select(\n"
            "    [dataframe['a'] > 1], ['bull'], default='bear'\n)\n"
            "x = dataframe['trend'].eq('bullish')\n",
            line=5,
        ),
        Bad(
            code="dataframe['trend'] = 'down'\n"
            "dataframe.loc[dataframe['a'] > 1, 'trend'] = 'up'\n"
            "x = dataframe['trend'].isin(\n    ['up',\n     'flat']\n)\n",
            line=5,
        ),
    )

    def check(self) -> None:
        for part in comparisons(self.source):
            if part.sign in {"==", "!="}:
                self._compared(part.left, part.right)
                self._compared(part.right, part.left)
        for call in self.source.all(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Attribute(value=column, attr=cst.Name(value="isin")),
                    args=[cst.Arg(value=cst.List() | cst.Tuple() | cst.Set() as listed)],
                ):
                    for element in listed.elements:
                        self._compared(column, element.value)

    def _compared(self, column: cst.BaseExpression, other: cst.BaseExpression) -> None:
        text = text_of(other)
        name = kinds_of(self.source).column_of(column) if text is not None else None
        if text is None or name is None:
            return
        written = self._written(name)
        if not written or text in written:
            return
        same = [one for one in written if one.lower() == text.lower()]
        self.report(
            other,
            f'"{name}" is never "{text}": it is one of {", ".join(sorted(written))}',
            hint=f'write "{same[0]}"' if len(same) == 1 else "write one of those, as they stand",
            edits=renamed_text(self.source, other, same[0]) if len(same) == 1 else (),
        )

    def _written(self, name: str) -> set[str]:
        """Every text that a column can hold; none where that is not sure."""
        definitions = definitions_of(self.source)
        found: set[str] = set()
        values = [one.value for one in definitions.of(name)]
        if definitions.columns.opaque:
            return set()
        for value in values:
            texts = list(self._texts(value)) if value is not None else [None]
            if not texts or None in texts:
                return set()
            found.update(one for one in texts if one is not None)
        return found

    def _texts(self, value: cst.BaseExpression) -> Iterator[str | None]:
        """The texts that an expression puts into a column; ``None`` where there may be others."""
        value = meant(self.source, value)
        if text_of(value) is not None:
            yield text_of(value)
        elif isinstance(value, cst.Name) and value.value == "None":
            yield ""
        elif isinstance(value, cst.Call):
            yield from self._called(value, self.source.imported(value.func) or "")
        else:
            yield None

    def _called(self, value: cst.Call, path: str) -> Iterator[str | None]:
        if path == "numpy.where" and len(value.args) == 3:
            yield from self._texts(value.args[1].value)
            yield from self._texts(value.args[2].value)
        elif path == "numpy.select":
            listed, rest = argument(value, 1, "choicelist"), argument(value, 2, "default")
            listed = meant(self.source, listed) if listed is not None else None
            yield "0" if rest is None else text_of(meant(self.source, rest))
            if not isinstance(listed, cst.List | cst.Tuple):
                yield None
                return
            for element in listed.elements:
                yield text_of(element.value)
        else:
            yield None
