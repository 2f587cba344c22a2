from collections.abc import Callable
from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    x = 1\n\n"
_NAMES = frozenset({*POPULATE, *CALLBACKS}) - {"leverage", "version", "bot_start"}


class MisplacedMethod(Rule):
    """FG111: a method of the strategy is not in the body of its class.

    One step of indentation too few makes a method a function of the file, and one too many a
    function within another method. Freqtrade looks for neither: it refuses the strategy, or
    never calls the callback.
    """

    HINT = "indent it as the other methods of the class are"
    VALID = (
        _HEAD + "    def populate_indicators(self, dataframe, metadata):\n"
        "        return populate_indicators(dataframe)\n\n\n"
        "def populate_indicators(dataframe):\n    return dataframe\n",
        _HEAD + "    def custom_exit(self, pair, **kwargs):\n        return None\n",
        "def custom_exit(trade):\n    return None\n\n\n"
        + _HEAD
        + "    def inf(self):\n        return custom_exit(1)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "\ndef populate_indicators(self, dataframe, metadata):\n"
            "    # ours\n\n    return dataframe\n",
            line=8,
            fixed=_HEAD + "\n    def populate_indicators(self, dataframe, metadata):\n"
            "        # ours\n\n        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def populate_indicators(self, dataframe, metadata):\n"
            "        return dataframe\n\n"
            "        def populate_entry_trend(self, dataframe, metadata):\n"
            "            return dataframe\n",
            line=10,
            fixed=_HEAD + "    def populate_indicators(self, dataframe, metadata):\n"
            "        return dataframe\n\n"
            "    def populate_entry_trend(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
        Bad(
            code="def custom_exit(self, pair, trade, **kwargs):\n    return None\n\n\n" + _HEAD,
            line=1,
        ),
    )

    def check(self) -> None:
        strategy = self.source.strategy
        if strategy is None or self.source.foreign_bases:
            return
        for function in self.source.all(cst.FunctionDef):
            name = function.name.value
            if name not in _NAMES or name in self.source.methods or self._used(function):
                continue
            first = [*function.params.posonly_params, *function.params.params][:1]
            if not first or first[0].name.value != "self":
                continue
            outer = self.source.function_of(function)
            if self.source.parent(function) is self.source.module:
                self.report(
                    function.name,
                    f"{name} is a function of the file, not a method of {strategy.name.value}",
                    edits=self._indented(function, strategy),
                )
            elif outer is not None and outer in self.source.methods.values():
                self.report(
                    function.name,
                    f"{name} is a function within {outer.name.value}, not a method of the class",
                    edits=self._dedented(function, outer),
                )

    def _used(self, function: cst.FunctionDef) -> bool:
        name = function.name.value
        return any(
            n.value == name and isinstance(self.source.parent(n), cst.Call | cst.Arg)
            for n in self.source.all(cst.Name)
        )

    def _indented(self, function: cst.FunctionDef, strategy: cst.ClassDef) -> tuple[Edit, ...]:
        """Into the class, where nothing but such functions stands between."""
        body = list(self.source.module.body)
        place = body.index(function)
        before = [item for item in body[:place] if not isinstance(item, cst.FunctionDef)]
        direct = before[-1:] == [strategy] and body.index(strategy) < place
        between = body[body.index(strategy) + 1 : place] if direct else []
        moved = all(f.name.value in _NAMES for f in between if isinstance(f, cst.FunctionDef))
        if not direct or not moved or not isinstance(strategy.body, cst.IndentedBlock):
            return ()
        first, _ = self.source.span(strategy.body)
        begin = self.source.text.rfind("\n", 0, first) + 1
        indent = self.source.text[begin:first]
        return () if indent.strip() else self._lines(function, lambda line: indent + line)

    def _dedented(self, function: cst.FunctionDef, outer: cst.FunctionDef) -> tuple[Edit, ...]:
        """Out of the method, where it is the last that stands there."""
        block = outer.body
        if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not function:
            return ()
        if len(block.body) < 2:
            return ()
        inner, _ = self.source.position(function)
        top, _ = self.source.position(outer)
        deep = _indent(self.source.text.split("\n")[inner - 1])
        flat = _indent(self.source.text.split("\n")[top - 1])
        cut = len(deep) - len(flat)
        return self._lines(function, lambda line: line[cut:] if line.startswith(deep) else line)

    def _lines(self, function: cst.FunctionDef, change: Callable[[str], str]) -> tuple[Edit, ...]:
        several = self.source.below(function, cst.SimpleString, cst.FormattedString)
        if any("\n" in self.text(text) for text in several):
            return ()  # lines of a text must stay as they are
        top: cst.CSTNode = function.decorators[0] if function.decorators else function
        start, _ = self.source.span(top)
        begin = self.source.text.rfind("\n", 0, start) + 1
        _, end = self.source.span(function)
        line_end = self.source.text.find("\n", end)
        end = line_end if line_end >= 0 else len(self.source.text)
        edits = []
        at = begin
        for line in self.source.text[begin:end].split("\n"):
            new = change(line) if line.strip() else line
            if new != line:
                edits.append(Edit(start=at, end=at + len(line), text=new))
            at += len(line) + 1
        return tuple(edits)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
