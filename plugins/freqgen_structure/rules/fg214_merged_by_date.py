from typing import ClassVar

import libcst as cst

from freqgen_structure.calls import by_row
from freqgen_structure.lookahead import CandlesRule, given
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad
from freqgen_structure.tracing import tracer_of
from freqgen_structure.vocabulary import DATA, PROVIDERS, Kind

_HEAD = (
    "class S(IStrategy):\n    timeframe = '5m'\n    inf = '1h'\n"
    "    def populate_indicators(self, dataframe, metadata):\n"
)
_GET = "        big = self.dp.get_pair_dataframe(metadata['pair'], self.inf)\n"
_MATCHING = frozenset("map merge join reindex replace asof".split())
_MERGES = frozenset({"pandas.merge", "pandas.merge_asof", "pandas.merge_ordered", "numpy.interp"})
_FORWARD = frozenset({"forward", "nearest"})


class MergedByDate(CandlesRule):
    """FG214: a candle of a longer timeframe, merged by date, is known before it ends.

    Candles are dated at their beginning: that of 15:00 on ``1h`` holds the close of 16:00. With
    ``pd.merge(…, on="date")``, ``join``, ``map`` or ``merge_asof`` the candles from 15:00 on
    would know it. ``merge_informative_pair`` moves it to where it is known. Candles of the
    strategy's own timeframe may be merged by date. ``merge_asof`` with the direction
    ``"forward"`` or ``"nearest"`` takes a later row, whatever is merged.
    """

    HINT = (
        "merge_informative_pair(dataframe, informative, self.timeframe, timeframe, ffill=True) "
        "of freqtrade.strategy merges each candle where it is known"
    )
    VALID = (
        "from freqtrade.strategy import merge_informative_pair\n" + _HEAD + _GET + "        return "
        "merge_informative_pair(dataframe, big, self.timeframe, self.inf, ffill=True)\n",
        "import pandas as pd\n"
        + _HEAD
        + "        btc = self.dp.get_pair_dataframe('BTC/USDT', self.timeframe)\n"
        "        return pd.merge(dataframe, btc, on='date', how='left')\n",
        "import pandas as pd\n"
        + _HEAD
        + _GET
        + "        big['date'] = big['date'] + pd.Timedelta('55min')\n"
        "        return pd.merge_asof(dataframe, big, on='date')\n",
        "import pandas as pd\n"
        "x = pd.merge_asof(a, b, on='date')\ny = pd.merge_asof(a, b, direction='backward')",
    )
    INVALID: ClassVar = (
        Bad(
            code="import pandas as pd\n"
            + _HEAD
            + _GET
            + "        return pd.merge(dataframe, big, on='date', how='left')\n",
            line=7,
        ),
        Bad(
            code=_HEAD + _GET + "        dataframe = (\n            dataframe.set_index('date')\n"
            "            .join(big.set_index('date'), rsuffix='_1h')\n        )\n"
            "        return dataframe\n",
            line=8,
        ),
        Bad(
            code=_HEAD + _GET + "        closes = big.set_index('date')['close']\n"
            "        dataframe['a'] = dataframe['date'].map(closes).ffill()\n",
            line=7,
        ),
        Bad(code=_HEAD + _GET + "        dataframe['a'] = big['close']\n", line=6),
        Bad(
            code="import pandas as pd\n"
            + _HEAD
            + _GET
            + "        return pd.concat(\n            [dataframe.set_index('date'), big],\n"
            "            axis=1,\n        )\n",
            line=7,
        ),
        Bad(
            code="import pandas as pd\n"
            + _HEAD
            + _GET
            + "        past = big[['date']].assign(close_1h=big['close'].shift(1))\n"
            "        return pd.merge_asof(dataframe, past, on='date')\n",
            line=8,
        ),
        Bad(
            code="import pandas as pd\nx = pd.merge_asof(a, b, on='date', direction='forward')",
            line=2,
            fixed="import pandas as pd\nx = pd.merge_asof(a, b, on='date', direction='backward')",
        ),
        Bad(
            code="from pandas import merge_asof as m\nx = m(\n    a,\n    b,\n"
            "    direction='nearest',\n)",
            line=5,
            fixed="from pandas import merge_asof as m\nx = m(\n    a,\n    b,\n"
            "    direction='backward',\n)",
        ),
    )

    def check(self) -> None:
        for node in self.source.all(cst.Call):
            if self.source.imported(node.func) == "pandas.merge_asof":
                self._direction(node)
        if any(node.attr.value in PROVIDERS for node in self.source.all(cst.Attribute)):
            super().check()

    def _direction(self, node: cst.Call) -> None:
        direction = given(self.source, node, 99, "direction")
        texts = self.source.strings(direction) if direction is not None else None
        if direction is None or not texts or not texts & _FORWARD or self.is_target(node):
            return
        literal = text_of(direction) is not None
        quote = self.text(direction)[:1]
        self.report(
            direction,
            f'the direction "{min(texts & _FORWARD)}" takes rows that come later',
            hint='use direction="backward": the last row that is known',
            edits=[self.replace(direction, f"{quote}backward{quote}")]
            if literal and quote in {"'", '"'}
            else (),
        )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func)
        if path == "pandas.concat":
            self._joined(node)
            return
        if path in _MERGES:
            right = given(self.source, node, 1 if path != "numpy.interp" else 2, "right")
            left = given(self.source, node, 0, "left")
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value in _MATCHING:
            left = node.func.value
            right = node.args[0].value if node.args else None
            if node.func.attr.value in {"reindex", "asof"}:
                left, right = right, left
        else:
            return
        if left is None or right is None or self.candles.kind(right) not in DATA:
            return
        if self.candles.kind(left) is not None and self._by_date(node):
            self._merged(node, left, right)

    def _joined(self, node: cst.Call) -> None:
        """``pd.concat([frame, other], axis=1)`` puts rows with one index beside each other."""
        parts = node.args[0].value if node.args else None
        if isinstance(parts, cst.List | cst.Tuple) and by_row(node):
            elements = [element.value for element in parts.elements]
            for right in elements[1:]:
                self._merged(node, elements[0], right)

    def visit_Assign(self, node: cst.Assign) -> None:
        target = node.targets[0].target
        if not isinstance(target, cst.Subscript) or self.candles.kind(target.value) is None:
            return
        base = target.value.value if isinstance(target.value, cst.Attribute) else target.value
        if self.candles.kind(node.value) is not Kind.SERIES or self.candles.kind(base) is None:
            return
        tracer = tracer_of(self.candles)
        provider = tracer.provider(node.value)
        if provider is None or tracer.provider(base) is not None or tracer.is_moved(node.value):
            return
        if self._same_timeframe(provider) is False and not self._mixed(node.value):
            self.report(
                node.value,
                "candles of another timeframe are put beside by row number, wherever they lie",
            )

    def _mixed(self, node: cst.BaseExpression) -> bool:
        """Whether a value comes from the strategy's own candles as well."""
        made = tracer_of(self.candles).made_of(node)
        return any(self.candles.is_own(part) for part in made if isinstance(part, cst.Name))

    def _by_date(self, node: cst.Call) -> bool:
        """Whether rows are matched by something that may be their date."""
        keys = [argument(node, 99, name) for name in ("on", "left_on", "right_on")]
        named = [key for key in keys if key is not None]
        texts = [self.source.strings(key) for key in named]
        return all(found is None or any("date" in text for text in found) for found in texts)

    def _merged(self, node: cst.Call, left: cst.BaseExpression, right: cst.BaseExpression) -> None:
        tracer = tracer_of(self.candles)
        provider = tracer.provider(right)
        if provider is None or tracer.is_moved(right) or self._is_delayed(left):
            return
        same = self._same_timeframe(provider)
        if same:
            return
        message = "a candle of a longer timeframe is known at its end, not at its date"
        certain = same is False and not tracer.has_moved_columns(right)
        self.spread(node, message, certain=certain)

    def _is_delayed(self, left: cst.BaseExpression) -> bool:
        return any(
            isinstance(part, cst.BinaryOperation) and isinstance(part.operator, cst.Subtract)
            for part in tracer_of(self.candles).made_of(left)
        )

    def _same_timeframe(self, provider: cst.Call) -> bool | None:
        """Whether candles have the timeframe of the strategy; ``None`` if it cannot be told."""
        asked = argument(provider, 1, "timeframe")
        if asked is None:
            return None
        path = dotted(asked) or ""
        if path in {"self.timeframe", "timeframe"}:
            return True
        own = self.source.attributes.get("timeframe")
        wanted, known = self._text(asked), self._text(own[1]) if own is not None else None
        return wanted == known if wanted is not None and known is not None else None

    def _text(self, node: cst.BaseExpression) -> str | None:
        path = dotted(node) or ""
        attribute = self.source.attributes.get(path.removeprefix("self."))
        if text_of(node) is None and path.startswith("self.") and attribute is not None:
            node = attribute[1]
        found = self.source.strings(node)
        return next(iter(found)) if found is not None and len(found) == 1 else None
