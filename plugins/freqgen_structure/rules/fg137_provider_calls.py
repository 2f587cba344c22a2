from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.timeframes import minutes_of, misspelt
from freqgen_structure.values import meant

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    timeframe = '5m'\n\n"
    "    def custom_exit(self, pair, trade, **kwargs):\n"
)
_GET = "self.dp.get_analyzed_dataframe"
_METHODS = ("get_analyzed_dataframe", "get_pair_dataframe", "ohlcv", "historic_ohlcv")


class ProviderCalls(Rule):
    """FG137: candles are asked for in a way that does not give them.

    ``self.dp.get_analyzed_dataframe(pair, timeframe)`` returns two things, the dataframe and when
    it was made, and every method of ``self.dp`` takes the pair first. Asked for a timeframe as
    the pair it gives an empty frame, without a word. ``historic_ohlcv`` reads files of candles,
    which a running bot does not have.
    """

    VALID = (
        _HEAD + f"        frame, _ = {_GET}(pair, self.timeframe)\n",
        _HEAD + f"        frame = {_GET}(pair, self.timeframe)[0]\n",
        _HEAD + f"        both = {_GET}(pair, self.timeframe)\n        frame = both[0]\n",
        _HEAD + "        frame = self.dp.get_pair_dataframe(pair=pair, timeframe='1h')\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        self.hours = self.dp.historic_ohlcv(pair, '1h')  # long\n",
            line=8,
            fixed=_HEAD + "        self.hours = self.dp.get_pair_dataframe(pair, '1h')  # long\n",
        ),
        Bad(
            code=_HEAD + f"        frame = {_GET}(pair, self.timeframe)  # last\n"
            "        last = frame.iloc[-1]\n",
            line=8,
            fixed=_HEAD + f"        frame, _ = {_GET}(pair, self.timeframe)  # last\n"
            "        last = frame.iloc[-1]\n",
        ),
        Bad(
            code=_HEAD + f"        last = {_GET}(pair, self.timeframe).iloc[-1]\n",
            line=8,
            fixed=_HEAD + f"        last = {_GET}(pair, self.timeframe)[0].iloc[-1]\n",
        ),
        Bad(
            code=_HEAD + f"        frame, _ = {_GET}(self.timeframe, pair)\n",
            line=8,
            fixed=_HEAD + f"        frame, _ = {_GET}(pair, self.timeframe)\n",
        ),
        Bad(
            code=_HEAD + "        frame = self.dp.get_pair_dataframe('1h', 'BTC/USDT')\n",
            line=8,
            fixed=_HEAD + "        frame = self.dp.get_pair_dataframe('BTC/USDT', '1h')\n",
        ),
        Bad(
            code=_HEAD + "        frame = self.dp.get_pair_dataframe(metadata, '1h')\n",
            line=8,
            fixed=_HEAD + "        frame = self.dp.get_pair_dataframe(metadata[\"pair\"], '1h')\n",
        ),
        Bad(
            code=_HEAD + "        frame = self.dp.get_pair_dataframe(pair, '60m')\n",
            line=8,
            fixed=_HEAD + "        frame = self.dp.get_pair_dataframe(pair, '1h')\n",
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = dotted(node.func) or ""
        owner, _, name = path.rpartition(".")
        if name not in _METHODS or owner.rpartition(".")[2] != "dp":
            return
        first, second = argument(node, 0, "pair"), argument(node, 1, "timeframe")
        if first is not None and second is not None and self._is_timeframe(first):
            if not self._is_timeframe(second):
                self.report(
                    first,
                    f"{name} takes the pair first, and the timeframe after it",
                    hint=f"write {name}({self.text(second)}, {self.text(first)})",
                    edits=[
                        self.replace(first, self.text(second)),
                        self.replace(second, self.text(first)),
                    ]
                    if not first.lpar and not second.lpar
                    else (),
                )
        elif second is not None:
            self._spelling(second)
        if isinstance(first, cst.Name) and first.value == "metadata":
            self.report(
                first,
                "metadata holds the pair, and is not the pair",
                hint='write metadata["pair"]',
                edits=[self.insert_after(first, '["pair"]')],
            )
        if name == "get_analyzed_dataframe":
            self._both(node)
        elif name == "historic_ohlcv" and isinstance(node.func, cst.Attribute):
            self.report(
                node.func.attr,
                "historic_ohlcv reads stored candles, which a running bot does not have",
                hint="write get_pair_dataframe, which takes the right ones",
                severity=Severity.WARNING,
                edits=[self.replace(node.func.attr, "get_pair_dataframe")],
            )

    def _is_timeframe(self, node: cst.BaseExpression) -> bool:
        text = text_of(meant(self.source, node))
        if text is not None:
            return minutes_of(text) is not None
        return (dotted(node) or "") in {"self.timeframe", "self.informative_timeframe"}

    def _spelling(self, node: cst.BaseExpression) -> None:
        literal = meant(self.source, node)
        text = text_of(literal)
        wrong = misspelt(text) if text else None
        if wrong is not None:
            edits = renamed_text(self.source, literal, wrong.right) if wrong.right else ()
            self.report(node, wrong.message, hint=wrong.hint, edits=edits)

    def _both(self, node: cst.Call) -> None:
        holder = self.source.parent(node)
        message = "get_analyzed_dataframe returns the dataframe and the time it was made"
        if isinstance(holder, cst.Attribute):
            self.report(
                node,
                message,
                hint="write [0] behind it",
                edits=[self.insert_after(node, "[0]")],
            )
        elif isinstance(holder, cst.Assign):
            target = holder.targets[0].target
            if isinstance(target, cst.Name) and self._as_frame(target, holder):
                self.report(
                    node,
                    message,
                    hint=f"write {target.value}, _ = self.dp.get_analyzed_dataframe(…)",
                    edits=[self.insert_after(target, ", _")] if len(holder.targets) == 1 else (),
                )

    def _as_frame(self, target: cst.Name, assign: cst.Assign) -> bool:
        """Whether a name is used as if it were the dataframe."""
        function = self.source.function_of(assign)
        if function is None or len(self.source.values(target)) != 1:
            return False
        for name in self.source.below(function, cst.Name):
            parent = self.source.parent(name)
            if name.value != target.value or name is target:
                continue
            if isinstance(parent, cst.Attribute) and parent.value is name:
                return True
            if isinstance(parent, cst.Subscript) and parent.value is name:
                index = parent.slice[0].slice
                if isinstance(index, cst.Index) and text_of(index.value) is not None:
                    return True
        return False
