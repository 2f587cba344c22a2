from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.lookahead import narrow
from freqgen_structure.rows import looped
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_HEAD = "def f(self, dataframe):\n"


class CopiedInLoop(Rule):
    """FG414: the same dataframe is copied in every round of a loop.

    A copy of all candles and columns for one computation is work for nothing: operations on
    columns give new columns and leave their operands as they are. Where a copy is needed, one
    before the loop is enough.
    """

    SEVERITY = Severity.WARNING
    HINT = "copy once before the loop, or compute with the columns themselves"
    VALID = (
        _HEAD + "    work = dataframe.copy()\n    for n in (3, 5):\n        work['a'] = n\n",
        _HEAD + "    for pair in pairs:\n        df = self.dp.get_pair_dataframe(pair, '1h')\n"
        "        df = df.copy()\n",
        _HEAD + "    for n in (3, 5):\n        x = settings.copy()\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    for n in (3, 5):\n        work = dataframe.copy()\n"
            "        work['a'] = n\n",
            line=3,
        ),
        Bad(
            code=_HEAD + "    n = 9\n    while n:\n        n -= 1\n"
            "        x = dataframe[['open', 'close']].copy(deep=True)\n",
            line=5,
        ),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        for call in self.source.all(cst.Call):
            func = call.func
            if not isinstance(func, cst.Attribute) or func.attr.value != "copy":
                continue
            loop = looped(self.source, call)
            if loop is None or kinds.of(func.value) is not Kind.FRAME:
                continue
            names = self.source.below(func.value, cst.Name)
            if not any(self._set_in(loop, name) for name in names):
                self.report(narrow(call))

    def _set_in(self, loop: cst.For | cst.While, name: cst.Name) -> bool:
        """Whether a loop gives a name another value."""
        nodes = [one.target for one in self.source.bindings(name)]
        return any(node is not None and self.source.inside(node, loop) for node in nodes)
