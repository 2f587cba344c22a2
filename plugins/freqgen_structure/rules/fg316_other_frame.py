from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls
from freqgen_structure.vocabulary import Kind

_HEAD = (
    "from pandas import DataFrame\nfrom freqtrade.strategy import IStrategy, informative\n\n\n"
    "class S(IStrategy):\n    def populate_entry_trend(self, dataframe, metadata):\n"
)
_SHORTER = frozenset({"dropna", "drop_duplicates", "head", "nlargest", "query", "sample", "tail"})


class OtherFrame(Rule):
    """FG316: a method writes to one dataframe and returns another.

    What is written to a copy is lost where the dataframe itself is returned, and the other way
    round. Freqtrade also wants every candle back that it has given: a dataframe with rows left
    out, a new one or a single column stops the strategy.
    """

    HINT = "return the dataframe that the columns were written to, with all of its rows"
    VALID = (
        _HEAD + "        df = dataframe.copy()\n        df['x'] = 1\n        return df\n",
        _HEAD + "        df = dataframe.copy()\n        df['x'] = 1\n"
        "        dataframe['x'] = df['x']\n        return dataframe\n",
        _HEAD + "        df = dataframe.copy()\n        df['x'] = 1\n"
        "        dataframe = self.more(dataframe, df)\n        return dataframe\n",
        _HEAD + "        if dataframe.empty:\n            return dataframe\n"
        "        df = dataframe.copy()\n        df['x'] = 1\n        return df\n",
        _HEAD + "        df = dataframe\n        df['x'] = 1\n        return dataframe\n",
        _HEAD + "        df = dataframe.copy()\n        low = df['a'] < 1\n        df['x'] = low\n"
        "        dataframe.loc[low, 'enter_long'] = 1\n        return dataframe\n",
        _HEAD + "        df = dataframe.copy()\n        df['x'] = 1\n"
        "        done = self.more(dataframe, df)\n        return dataframe\n",
        _HEAD + "        df = dataframe.dropna()\n        dataframe['x'] = df['close']\n"
        "        return dataframe\n",
        _HEAD + "        return dataframe\n    @informative('1h')\n"
        "    def hours(self, dataframe, metadata):\n        return dataframe.dropna()\n",
        "import pandas as pd\ndef helper(dataframe):\n    return dataframe['close']\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        df = dataframe.copy()\n        df['enter_long'] = 1\n"
            "        return dataframe  # all\n",
            line=9,
            fixed=_HEAD + "        df = dataframe.copy()\n        df['enter_long'] = 1\n"
            "        return df  # all\n",
        ),
        Bad(
            code=_HEAD + "        df = dataframe[dataframe['volume'] > 0]\n"
            "        df.loc[df['a'] > 1, 'enter_long'] = 1\n        return dataframe\n",
            line=9,
        ),
        Bad(
            code=_HEAD + "        df = dataframe.copy()\n        dataframe['enter_long'] = 1\n"
            "        return df\n",
            line=9,
            fixed=_HEAD + "        df = dataframe.copy()\n        dataframe['enter_long'] = 1\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "        df = dataframe.copy()\n        low = df['a'] < 1\n"
            "        both = low & (df['b'] > 1)\n        df.loc[both, 'enter_long'] = 1\n"
            "        return dataframe\n",
            line=11,
            fixed=_HEAD + "        df = dataframe.copy()\n        low = df['a'] < 1\n"
            "        both = low & (df['b'] > 1)\n        df.loc[both, 'enter_long'] = 1\n"
            "        return df\n",
        ),
        Bad(code=_HEAD + "        return dataframe['enter_long']\n", line=7),
        Bad(code=_HEAD + "        return dataframe[dataframe['a'] > 1]\n", line=7),
        Bad(code=_HEAD + "        return dataframe.dropna()\n", line=7),
        Bad(code=_HEAD + "        return DataFrame()\n", line=7),
        Bad(
            code=_HEAD + "        dataframe.dropna(inplace=True)\n        return dataframe\n",
            line=7,
        ),
        Bad(
            code=_HEAD + "        dataframe = dataframe.dropna()\n        dataframe['x'] = 1\n"
            "        return dataframe\n",
            line=7,
        ),
        Bad(code=_HEAD + "        return dataframe.iloc[50:]\n", line=7),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for name, method in self.source.methods.items():
            if name in POPULATE or informative_calls(self.source, method):
                self._method(method)

    def _method(self, method: cst.FunctionDef) -> None:
        frame = dataframe_parameter(method)
        if frame is None:
            return
        # The candles of an informative pair are merged by their time, however many there are.
        self._all_rows = method.name.value in POPULATE
        for statement in self.source.below(method.body, cst.Return):
            if statement.value is not None and self.source.function_of(statement) is method:
                self._returned(method, frame, statement.value)
        for assign in self.source.below(method.body, cst.Assign):
            target = assign.targets[0].target
            if isinstance(target, cst.Name) and target.value == frame:
                self._shorter(assign.value, frame)
        for call in self.source.below(method.body, cst.Call):
            match call:
                case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=attr)):
                    in_place = any(
                        a.keyword is not None
                        and a.keyword.value == "inplace"
                        and self.text(a.value) == "True"
                        for a in call.args
                    )
                    if name == frame and attr.value in _SHORTER and in_place:
                        self._say(call)

    def _say(self, node: cst.CSTNode, message: str = "") -> None:
        if message or self._all_rows:
            self.report(
                node,
                message or "rows are left out, and Freqtrade wants every candle that it has given",
            )

    def _returned(self, method: cst.FunctionDef, frame: str, value: cst.BaseExpression) -> None:
        kind = self.kinds.of(value)
        if kind is not None and (kind.many or kind is Kind.ROW or kind is Kind.SCALAR):
            self._say(value, "this returns no dataframe, but a part of one")
        elif isinstance(value, cst.Call) and self._makes_empty(value):
            self._say(value, "this returns a dataframe without the candles")
        elif isinstance(value, cst.Name):
            self._other(method, frame, value)
        else:
            self._shorter(value, frame)

    def _makes_empty(self, call: cst.Call) -> bool:
        path = self.source.imported(call.func) or ""
        return path == "pandas.DataFrame" and not call.args

    def _shorter(self, value: cst.BaseExpression, frame: str) -> None:
        """Whether an expression leaves rows of the frame out."""
        while True:
            match value:
                case cst.Call(func=cst.Attribute(value=inner, attr=attr)):
                    if attr.value in _SHORTER and not self._along_columns(value):
                        if self._of(inner, frame):
                            self._say(value)
                        return
                    if attr.value not in {"copy", "reset_index", "fillna", "ffill"}:
                        return
                    value = inner
                case cst.Subscript(
                    value=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=locator))
                ) if name == frame and locator in {"iloc", "loc"}:
                    rows = value.slice[0].slice
                    cut = isinstance(rows, cst.Slice) and bool(rows.lower or rows.upper)
                    masked = isinstance(rows, cst.Index) and self.kinds.of(rows.value) is Kind.BOOLS
                    if cut or masked:
                        self._say(value)
                    return
                case cst.Subscript(value=cst.Name(value=name)) if name == frame:
                    rows = value.slice[0].slice
                    cut = isinstance(rows, cst.Slice)
                    masked = isinstance(rows, cst.Index) and self.kinds.of(rows.value) is Kind.BOOLS
                    if cut or masked:
                        self._say(value)
                    return
                case _:
                    return

    def _along_columns(self, call: cst.Call) -> bool:
        """Whether ``dropna`` leaves columns out, and no rows."""
        for arg in call.args:
            if (arg.keyword is None or arg.keyword.value == "axis") and self.text(arg.value).strip(
                "'\""
            ) in {"1", "columns"}:
                return True
        return False

    def _of(self, node: cst.BaseExpression, frame: str) -> bool:
        while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            node = node.func.value
        return isinstance(node, cst.Name) and node.value == frame

    # -- a copy that is written to, and not returned ---------------------------------------

    def _other(self, method: cst.FunctionDef, frame: str, value: cst.Name) -> None:
        copies = self._copies(method, frame)
        if value.value == frame:
            for name, plain in copies.items():
                if self._written(method, name) and not self._used(method, name):
                    only = plain and not self._written(method, frame)
                    self._lost(value, name, only=only)
                    return
        elif (
            value.value in copies
            and not self._written(method, value.value)
            and self._written(method, frame)
            and not self._used(method, value.value, value)
        ):
            self._lost(value, frame, only=copies[value.value])

    def _lost(self, value: cst.Name, name: str, *, only: bool) -> None:
        edits: list[Edit] = [self.replace(value, name)] if only else []
        self.report(
            value,
            f"columns are written to {name}, but {value.value} is returned",
            hint=f"return {name}" if only else "",
            edits=edits,
        )

    def _copies(self, method: cst.FunctionDef, frame: str) -> dict[str, bool]:
        """Names that hold a copy of the frame or of some rows, and whether it is all of it."""
        found: dict[str, bool] = {}
        for assign in self.source.below(method.body, cst.Assign):
            target = assign.targets[0].target
            if not isinstance(target, cst.Name) or target.value == frame:
                continue
            if len(self.source.values(target)) != 1 or self._nested(assign, method):
                continue
            match assign.value:
                case cst.Call(
                    func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="copy"))
                ) if name == frame:
                    found[target.value] = True
                case cst.Subscript() if self.kinds.of(assign.value) is Kind.FRAME:
                    if self._of_rows(assign.value, frame):
                        found[target.value] = False
        return found

    def _nested(self, node: cst.CSTNode, method: cst.FunctionDef) -> bool:
        return any(
            isinstance(a, cst.If | cst.For | cst.While | cst.Try)
            for a in self.source.ancestors(node)
            if self.source.inside(a, method)
        )

    def _of_rows(self, node: cst.Subscript, frame: str) -> bool:
        base = node.value.value if isinstance(node.value, cst.Attribute) else node.value
        return isinstance(base, cst.Name) and base.value == frame

    def _written(self, method: cst.FunctionDef, name: str) -> bool:
        """Whether columns are written to a name."""
        return any(
            isinstance(target.target, cst.Subscript) and self._root(target.target) == name
            for target in self.source.below(method.body, cst.AssignTarget)
        )

    def _used(self, method: cst.FunctionDef, name: str, returned: cst.Name | None = None) -> bool:
        """Whether a name goes anywhere else than into its own columns."""
        return self._leaves(method, name, {name}, returned)

    def _leaves(
        self, method: cst.FunctionDef, name: str, own: set[str], returned: cst.Name | None = None
    ) -> bool:
        """Whether what ``name`` holds goes elsewhere than into names of ``own``.

        :param own: The frame, and names that have been followed.
        """
        for node in self.source.named(method.body, name):
            if node is returned:
                continue
            parent = self.source.parent(node)
            if isinstance(parent, cst.AssignTarget):
                continue
            if isinstance(parent, cst.Attribute) and parent.attr is node:
                continue
            statement = next(
                (a for a in self.source.ancestors(node) if isinstance(a, cst.Assign)), None
            )
            if statement is None or self._handed_on(parent):
                return True
            for target in statement.targets:
                to = self._root(target.target)
                if to in own:
                    continue
                if not isinstance(target.target, cst.Name):
                    return True
                own.add(to)
                if self._leaves(method, to, own):
                    return True
        return False

    def _handed_on(self, arg: cst.CSTNode | None) -> bool:
        """Whether a function gets it that is none of a library, and may do anything with it."""
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        return isinstance(call, cst.Call) and self.source.imported(call.func) is None

    def _root(self, node: cst.BaseExpression) -> str:
        while isinstance(node, cst.Subscript | cst.Attribute):
            node = node.value
        return node.value if isinstance(node, cst.Name) else ""
