from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.columns import CANDLES, SIGNALS
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_LOCATORS = frozenset({"loc", "iloc", "at", "iat"})
_COPY = "this assigns to a copy, and the dataframe stays as it is"
_MASKS = frozenset({"condition", "conditions", "cond", "mask"})


class ChainedAssignment(Rule):
    """FG303: a chained assignment changes nothing.

    ``dataframe["enter_long"].loc[condition] = 1`` writes to a copy of the column. Since pandas
    3 the dataframe itself never changes, silently, and the strategy does not trade. Writing to
    the array of a column, as in ``dataframe["x"].values[condition] = 1``, is an error there.
    """

    HINT = 'write dataframe.loc[condition, "column"] = value'
    VALID = (
        'dataframe.loc[condition, "enter_long"] = 1',
        'dataframe["x"] = dataframe["close"].loc[condition]',
        'settings["main"]["color"] = "red"',
        'self.plot_config["main_plot"]["ema"] = {}',
        'settings = {"a": [1]}\nsettings["a"][0] = 2\n',
        'levels = dataframe["close"].to_numpy().copy()\nlevels[0] = 1\n',
        'dataframe.iloc[0, dataframe.columns.get_loc("x")] = 1',
    )
    INVALID: ClassVar = (
        Bad(
            code='dataframe["enter_long"].loc[condition] = 1',
            line=1,
            fixed='dataframe.loc[condition, "enter_long"] = 1',
        ),
        Bad(
            code='x = 1\ndataframe["enter_long"].iloc[5:] = 1',
            line=2,
            fixed='x = 1\ndataframe.iloc[5:, dataframe.columns.get_loc("enter_long")] = 1',
        ),
        Bad(
            code='dataframe["enter_long"][dataframe["rsi"] < 30] = 1',
            line=1,
            fixed='dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1',
        ),
        Bad(
            code='dataframe.loc[condition]["enter_long"] = 1',
            line=1,
            fixed='dataframe.loc[condition, "enter_long"] = 1',
        ),
        Bad(
            code='dataframe[condition]["enter_long"] = 1',
            line=1,
            fixed='dataframe.loc[condition, "enter_long"] = 1',
        ),
        Bad(
            code="dataframe.enter_long.loc[condition] = 1",
            line=1,
            fixed='dataframe.loc[condition, "enter_long"] = 1',
        ),
        Bad(
            code="dataframe.loc[:, 'x'][\n    (dataframe['a'] < 3)  # low\n    & (b > 1)\n] += 1",
            line=1,
            fixed="dataframe.loc[(dataframe['a'] < 3)  # low\n    & (b > 1), 'x'] += 1",
        ),
        Bad(
            code="low = dataframe['rsi'] < 30\ndataframe['x'].values[low] = 1",
            line=2,
            fixed="low = dataframe['rsi'] < 30\ndataframe.loc[low, 'x'] = 1",
        ),
        Bad(code="dataframe['x'].to_numpy()[0] = 1", line=1),
        Bad(
            code="dataframe.iloc[-1]['x'] = 1",
            line=1,
            fixed="dataframe.iloc[-1, dataframe.columns.get_loc('x')] = 1",
        ),
        Bad(code="dataframe['x'].at[3] = 1", line=1, fixed="dataframe.at[3, 'x'] = 1"),
        Bad(
            code="dataframe[dataframe['a'] > 1].loc[:, 'x'] = 1",
            line=1,
            fixed="dataframe.loc[dataframe['a'] > 1, 'x'] = 1",
        ),
        Bad(code="dataframe.head(5)['x'] = 1", line=1),
        Bad(code="dataframe[['x']].loc[dataframe['a'] > 1] = 1", line=1),
        Bad(code="dataframe[['x', 'y']]['x'] = 1", line=1),
        Bad(
            code="dataframe.get('x')[dataframe['a'] > 1] = 1",
            line=1,
            fixed="dataframe.loc[dataframe['a'] > 1, 'x'] = 1",
        ),
        Bad(
            code="dataframe[dataframe['close'] > 1].enter_long = 1",
            line=1,
            fixed="dataframe.loc[dataframe['close'] > 1, \"enter_long\"] = 1",
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for node in self.source.all(cst.Assign):
            for target in node.targets:
                self._target(target.target)
        for augmented in self.source.all(cst.AugAssign):
            self._target(augmented.target)

    def _target(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._target(element.value)
        elif isinstance(target, cst.Subscript):
            self._subscript(target)
        elif isinstance(target, cst.Attribute) and isinstance(target.value, cst.Subscript):
            rows = self._rows(target.value)
            if rows is not None and self._may_be_column(target.attr.value):
                self._say(target, _COPY, rows, f'"{target.attr.value}"')

    def _subscript(self, target: cst.Subscript) -> None:
        inner = target.value
        locator = ""
        if isinstance(inner, cst.Attribute) and inner.attr.value in _LOCATORS:
            locator, inner = inner.attr.value, inner.value
        if self._array(target, inner, locator):
            return
        column = self._column(inner)
        if column is not None:
            self._of_column(target, column, locator)
            return
        if isinstance(inner, cst.Subscript) and (rows := self._rows(inner)) is not None:
            key = self._key(target, locator)
            if key is not None:
                self._say(target, _COPY, rows, key)
            elif not locator or len(target.slice) == 2:
                self.report(target, _COPY)
        elif isinstance(inner, cst.Call) and isinstance(inner.func, cst.Attribute):
            if self.kinds.of(inner.func.value) is not None and self.kinds.of(inner) is not None:
                self.report(target, _COPY)
        elif isinstance(inner, cst.Subscript) and (
            (locator and self._frames(inner))
            or (
                isinstance(self._index(inner), cst.List)
                and self.kinds.of(inner.value) is Kind.FRAME
            )
        ):
            self.report(target, _COPY)

    def _array(self, target: cst.Subscript, inner: cst.BaseExpression, locator: str) -> bool:
        """``frame["x"].values[…] = …``, which pandas refuses; whether it is that."""
        called = isinstance(inner, cst.Call)
        access = inner.func if isinstance(inner, cst.Call) else inner
        if locator or not isinstance(access, cst.Attribute) or len(target.slice) != 1:
            return False
        if access.attr.value != ("to_numpy" if called else "values"):
            return False
        if isinstance(inner, cst.Call) and inner.args:
            return False  # it may ask for a copy
        column = self._column(access.value)
        if column is None and self.kinds.of(access.value) is not Kind.FRAME:
            return False
        rows = self._index(target)
        edits: tuple[Edit, ...] = ()
        if column is not None and rows is not None and self._is_mask(rows):
            frame, key = column
            edits = (self.replace(target, f"{frame}.loc[{self.text(rows)}, {key}]"),)
        self.report(target, "the array of a column cannot be written to", edits=edits)
        return True

    def _of_column(self, target: cst.Subscript, column: tuple[str, str], locator: str) -> None:
        """``frame["x"][rows] = …`` and ``frame["x"].loc[rows] = …``."""
        frame, key = column
        rows = target.slice[0].slice
        if len(target.slice) != 1 or (not locator and not self._chooses(target)):
            self.report(target, _COPY)
            return
        written = self.text(rows.value if isinstance(rows, cst.Index) else rows)
        if isinstance(rows, cst.Index) and isinstance(rows.value, cst.Lambda):
            self.report(target, _COPY)
        else:
            self._say(target, _COPY, (frame, locator or "loc", written), key)

    def _say(
        self, target: cst.BaseExpression, message: str, rows: tuple[str, str, str], key: str
    ) -> None:
        frame, locator, chosen = rows
        if locator in {"iloc", "iat"}:
            key = f"{frame}.columns.get_loc({key})"
        text = f"{frame}.{locator}[{chosen}, {key}]"
        keeps = text.count("#") >= self.text(target).count("#")  # no comment gets lost
        self.report(target, message, edits=[self.replace(target, text)] if keeps else ())

    # -- what the parts are ----------------------------------------------------------------

    def _column(self, node: cst.BaseExpression) -> tuple[str, str] | None:
        """The frame and the key, as written, of an expression that reads a whole column."""
        match node:
            case cst.Attribute(value=base, attr=attr):
                if self.kinds.of(base) is Kind.FRAME and self._may_be_column(attr.value):
                    return self.text(base), f'"{attr.value}"'
            case cst.Call(
                func=cst.Attribute(value=base, attr=cst.Name(value="get")),
                args=[cst.Arg(value=named, keyword=None, star="")],
            ) if self.kinds.of(base) is Kind.FRAME:
                return self._keyed(base, named)
            case cst.Subscript(value=cst.Attribute(value=base, attr=cst.Name(value="loc"))):
                everything = node.slice[0].slice
                if len(node.slice) == 2 and isinstance(everything, cst.Slice):
                    key = self._index(node)
                    plain = everything.lower is None and everything.upper is None
                    if plain and key is not None and self.kinds.of(base) is Kind.FRAME:
                        return self._keyed(base, key)
            case cst.Subscript(value=base):
                key = self._index(node)
                if (
                    len(node.slice) == 1
                    and key is not None
                    and self.kinds.of(base) is Kind.FRAME
                    and not self._is_mask(key)
                ):
                    return self._keyed(base, key)
        return None

    def _keyed(self, base: cst.BaseExpression, key: cst.BaseExpression) -> tuple[str, str] | None:
        named = self.source.strings(key) is not None or isinstance(key, cst.FormattedString)
        # Of a frame that is itself made anew, nothing can be written either way.
        plain = isinstance(base, cst.Name | cst.Attribute)
        return (self.text(base), self.text(key)) if named and plain else None

    def _rows(self, node: cst.Subscript) -> tuple[str, str, str] | None:
        """The frame, the locator and the rows of ``frame[mask]`` or ``frame.loc[rows]``."""
        base, locator = node.value, "loc"
        if isinstance(base, cst.Attribute) and base.attr.value in _LOCATORS:
            locator, base = base.attr.value, base.value
        elif not self._chooses(node):
            return None
        if len(node.slice) != 1 or self.kinds.of(base) is not Kind.FRAME:
            return None
        rows = node.slice[0].slice
        if not isinstance(base, cst.Name | cst.Attribute):
            return None
        return (
            self.text(base),
            locator,
            self.text(rows.value if isinstance(rows, cst.Index) else rows),
        )

    def _key(self, target: cst.Subscript, locator: str) -> str | None:
        """The column that the last subscript of a chain of rows writes to."""
        if locator == "loc" and len(target.slice) == 2:
            first = target.slice[0].slice
            if not isinstance(first, cst.Slice) or first.lower or first.upper:
                return None
        elif locator or len(target.slice) != 1:
            return None
        key = self._index(target)
        return self.text(key) if key is not None and self.source.strings(key) else None

    def _chooses(self, node: cst.Subscript) -> bool:
        index = self._index(node)
        return index is not None and self._is_mask(index)

    def _is_mask(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Name) and node.value in _MASKS:
            return True
        return self.kinds.of(node) is Kind.BOOLS

    def _index(self, node: cst.Subscript) -> cst.BaseExpression | None:
        element = node.slice[-1].slice
        return element.value if isinstance(element, cst.Index) else None

    def _may_be_column(self, name: str) -> bool:
        written = {use.name for use in self.kinds.columns.writes}
        return name in CANDLES or name in SIGNALS or name in written

    def _frames(self, node: cst.Subscript) -> bool:
        """Whether a subscript reads a column by name of something that is no dict or list."""
        index = self._index(node)
        named = index is not None and self.source.strings(index) is not None
        return named and self.kinds.of(node) is not None
