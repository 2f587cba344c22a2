from typing import ClassVar

import libcst as cst

from freqgen_structure.columns import CANDLES, SIGNALS, ColumnUse, columns_of
from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, Informative, informative_calls
from freqgen_structure.timeframes import minutes_of
from freqgen_structure.values import meant

_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy, informative\n\n\n"
    "class S(IStrategy):\n"
    "    @informative('4h')\n    def slow(self, dataframe, metadata):\n"
    "        dataframe['trend'] = ta.EMA(dataframe)\n        return dataframe\n\n"
)
_FAST = "    def populate_indicators(self, dataframe, metadata):\n"
_ENTRY = (
    "        dataframe['rsi'] = ta.RSI(dataframe)\n        return dataframe\n\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)
_FETCHED = (
    "import talib.abstract as ta\n"
    "from freqtrade.strategy import IStrategy, merge_informative_pair\n\n\n"
    "class S(IStrategy):\n    slow = '4h'\n"
    "    def populate_indicators(self, dataframe, metadata):\n"
    "        inf = self.dp.get_pair_dataframe(metadata['pair'], self.slow)\n"
    "        inf['trend'] = ta.EMA(inf)\n"
    "        dataframe = merge_informative_pair(dataframe, inf, self.timeframe, self.slow)\n"
)
_END = "        return dataframe\n"
_GIVEN = CANDLES | frozenset(SIGNALS)


class InformativeColumns(Rule):
    """FG135: a column of other candles is read without the timeframe in its name.

    What an ``@informative("4h")`` method writes as ``trend`` the strategy's own dataframe has as
    ``trend_4h``, and only there: the informative method has it without, and has none of the
    columns of the strategy. Reading the other name stops the bot with a ``KeyError``.
    """

    VALID = (
        _HEAD
        + _FAST
        + _ENTRY
        + "        dataframe.loc[dataframe['trend_4h'] > dataframe['rsi'], 'enter_long'] = 1\n",
        _HEAD.replace("return", "dataframe['x'] = dataframe['trend'] + 1\n        return")
        + _FAST
        + _END,
        _HEAD + _FAST + "        dataframe['trend'] = dataframe['trend_4h'] + dataframe['close']\n"
        "        dataframe['x'] = dataframe['trend']\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD
            + _FAST
            + _ENTRY
            + "        dataframe.loc[dataframe['trend'] > 1, 'enter_long'] = 1\n",
            line=16,
            fixed=_HEAD
            + _FAST
            + _ENTRY
            + "        dataframe.loc[dataframe['trend_4h'] > 1, 'enter_long'] = 1\n",
        ),
        Bad(
            code=_HEAD.replace("return", "dataframe['x'] = dataframe['trend_4h']\n        return")
            + _FAST
            + _END,
            line=9,
            fixed=_HEAD.replace("return", "dataframe['x'] = dataframe['trend']\n        return")
            + _FAST
            + _END,
        ),
        Bad(
            code=_HEAD.replace("return", "dataframe['x'] = dataframe['rsi']\n        return")
            + _FAST
            + _ENTRY
            + "        return dataframe\n",
            line=9,
        ),
        Bad(
            code=_FETCHED + "        dataframe['y'] = dataframe['trend'] + 1\n",
            line=11,
            fixed=_FETCHED + "        dataframe['y'] = dataframe['trend_4h'] + 1\n",
        ),
        Bad(
            code=_FETCHED + "        dataframe['y'] = dataframe['trend_1h'] + 1\n",
            line=11,
        ),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        self.slow = {
            name: informative_calls(self.source, method)
            for name, method in self.source.methods.items()
            if informative_calls(self.source, method)
        }
        if columns.opaque or columns.patterns:
            return
        if any(not call.plain for calls in self.slow.values() for call in calls):
            return
        self.written: dict[str, set[str]] = {}
        self.fetched: dict[str, set[str | None]] = {}
        for use in columns.writes:
            frame = self._fetched_frame(use)
            if frame is None:
                self.written.setdefault(use.name, set()).add(use.method or "")
            else:
                self.fetched.setdefault(use.name, set()).add(self._suffix(frame))
        if not self.slow and not self.fetched:
            return
        for use in columns.certain:
            if use.name in _GIVEN:
                continue
            if use.method in self.slow:
                self._within(use, self.slow[use.method])
            elif use.method in POPULATE:
                self._outside(use)

    def _fetched_frame(self, use: ColumnUse) -> cst.Name | None:
        """The name of other candles, fetched in a method, that a column is written to."""
        for outer in self.source.ancestors(use.node):
            if isinstance(outer, cst.Subscript):
                base: cst.BaseExpression = outer.value
                if isinstance(base, cst.Attribute) and base.attr.value == "loc":
                    base = base.value
                if isinstance(base, cst.Name) and any(
                    isinstance(value, cst.Call)
                    and (dotted(value.func) or "").endswith("dp.get_pair_dataframe")
                    for value in self.source.values(base)
                ):
                    return base
                return None
        return None

    def _suffix(self, frame: cst.Name) -> str | None:
        """What the columns of fetched candles end with after they were merged."""
        function = self.source.function_of(frame)
        found: set[str | None] = set()
        for call in self.source.below(function, cst.Call) if function is not None else ():
            if (dotted(call.func) or "").rpartition(".")[2] != "merge_informative_pair":
                continue
            given = argument(call, 1, "informative")
            if not isinstance(given, cst.Name) or given.value != frame.value:
                continue
            timeframe = argument(call, 3, "timeframe_inf")
            plain = len(call.args) - sum(a.keyword is not None for a in call.args) <= 5
            usual = plain and all(
                argument(call, n, k) is None for n, k in ((5, "append_timeframe"), (7, "suffix"))
            )
            literal = meant(self.source, timeframe) if timeframe is not None else None
            found.add(text_of(literal) if literal is not None and usual else None)
        return found.pop() if len(found) == 1 else None

    def _outside(self, use: ColumnUse) -> None:
        """A read of the strategy's own dataframe."""
        where = self.written.get(use.name, set())
        if where - set(self.slow):
            return
        certain = True
        if where or use.name in self.fetched:
            names = self._merged_names(use.name)
            if use.name in names:
                return  # a format of its own gives it the same name
            message = f'the column "{use.name}" is only there for the informative candles'
        else:
            plain, _, timeframe = use.name.rpartition("_")
            names = self._merged_names(plain) if minutes_of(timeframe) is not None else set()
            if not names or None in names or use.name in names or self._open(plain):
                return
            message = f'the column "{plain}" of the informative candles has another timeframe'
            certain = False  # the decorator may be what is wrong
        right = names.pop() if len(names) == 1 else None
        self.report(
            use.node,
            message,
            hint=f'write "{right}"' if right else "put the timeframe behind its name",
            edits=renamed_text(self.source, use.node, right) if right and certain else (),
        )

    def _merged_names(self, column: str) -> set[str | None]:
        """What a column of informative candles is called after it was merged."""
        where = self.written.get(column, set()) & set(self.slow)
        names = {_merged(call, column) for method in where for call in self.slow[method]}
        for timeframe in self.fetched.get(column, ()):
            names.add(None if timeframe is None else f"{column}_{timeframe}")
        return names

    def _open(self, column: str) -> bool:
        """Whether the strategy's own columns have the name too, so that it may be merged."""
        return column in _GIVEN or bool(self.written.get(column, set()) - set(self.slow))

    def _within(self, use: ColumnUse, calls: list[Informative]) -> None:
        """A read of informative candles."""
        where = self.written.get(use.name, set())
        helpers = where - set(self.slow) - set(POPULATE)
        if use.method in where or helpers or self._helped(use.method):
            return
        if where:
            self.report(
                use.node,
                f'the column "{use.name}" is not there for the candles of {use.method}',
                hint="compute it in this method as well",
            )
            return
        for call in calls:
            plain = use.name.removesuffix(f"_{call.timeframe}")
            own = use.method in self.written.get(plain, set()) or plain in CANDLES
            if plain != use.name and own:
                self.report(
                    use.node,
                    f'{use.method} has the column "{plain}" without its timeframe',
                    hint=f'write "{plain}"',
                    edits=renamed_text(self.source, use.node, plain),
                )
                return

    def _helped(self, method: str | None) -> bool:
        """Whether a method hands its dataframe to another one, which may write to it."""
        function = self.source.methods.get(method or "")
        if function is None:
            return True
        return any(
            (dotted(call.func) or "").startswith("self.") or isinstance(call.func, cst.Name)
            for call in self.source.below(function.body, cst.Call)
            if any(isinstance(arg.value, cst.Name) for arg in call.args)
        )


def _merged(call: Informative, column: str) -> str | None:
    """What a column is called after it was merged; ``None`` where the text does not tell."""
    if call.fmt is None and not call.asset:
        return f"{column}_{call.timeframe}"
    base, _, quote = call.asset.partition("/")
    if not call.timeframe or "{" in call.asset or (call.asset and not quote):
        return None
    quote = quote.partition(":")[0]
    form = call.fmt or "{base}_{quote}_{column}_{timeframe}"
    try:
        return form.format(
            base=base.lower(), BASE=base.upper(), quote=quote.lower(), QUOTE=quote.upper(),
            asset=call.asset, column=column, timeframe=call.timeframe,
        )  # fmt: skip
    except (KeyError, IndexError, ValueError, AttributeError):
        return None
