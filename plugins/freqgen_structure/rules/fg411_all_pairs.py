from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.nodes import dotted
from freqgen_structure.rows import often_called
from freqgen_structure.rule import Bad, Rule

_READERS = frozenset(
    "get_pair_dataframe get_analyzed_dataframe historic_ohlcv ohlcv ticker orderbook".split()
)
_HEAD = "class S(IStrategy):\n    def populate_indicators(self, dataframe, metadata):\n"


class AllPairs(Rule):
    """FG411: the candles of all pairs are read for each of them.

    What loops over the whitelist in ``populate_indicators`` or in a callback runs again for
    every pair or trade: with fifty pairs, 2,500 times a candle. ``bot_loop_start`` runs once,
    and can keep what all pairs need; ``@informative('1h', 'BTC/{stake}')`` brings one pair.
    """

    SEVERITY = Severity.WARNING
    HINT = "compute it once in bot_loop_start and keep it, or name the pair with @informative"
    VALID = (
        "class S(IStrategy):\n    def informative_pairs(self):\n"
        "        return [(pair, '1h') for pair in self.dp.current_whitelist()]\n",
        "class S(IStrategy):\n    def bot_loop_start(self, current_time, **kwargs):\n"
        "        for pair in self.dp.current_whitelist():\n"
        "            self.frames[pair] = self.dp.get_pair_dataframe(pair, '1h')\n",
        _HEAD + "        for timeframe in ('1h', '4h'):\n"
        "            x = self.dp.get_pair_dataframe(metadata['pair'], timeframe)\n",
        _HEAD + "        for pair in ('BTC/USDT', 'ETH/USDT'):\n"
        "            x = self.dp.get_pair_dataframe(pair, '1h')\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        for pair in self.dp.current_whitelist():\n"
            "            x = self.dp.get_pair_dataframe(pair, '1h')\n",
            line=4,
        ),
        Bad(
            code="class S(IStrategy):\n    def custom_exit(self, pair, trade, **kwargs):\n"
            "        pairs = self.dp.current_whitelist()\n"
            "        return [\n            self.dp.get_analyzed_dataframe(p, '1h')[0]\n"
            "            for p in pairs\n        ]\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "        for pair, timeframe in self.informative_pairs():\n"
            "            x = self.dp.get_pair_dataframe(pair=pair, timeframe=timeframe)\n",
            line=4,
        ),
    )

    def check(self) -> None:
        functions = often_called(self.source, populate=True)
        for call in self.source.all(cst.Call):
            func = call.func
            if (
                not isinstance(func, cst.Attribute)
                or func.attr.value not in _READERS
                or (dotted(func.value) or "").rpartition(".")[2] not in {"dp", "data_provider"}
            ):
                continue
            function = self.source.function_of(call)
            if function is None or function not in functions or not self._of_all(call):
                continue
            if functions[function] != "bot_loop_start":
                self.report(
                    func,
                    f"all pairs are read each time that {functions[function]} is called, which "
                    "is for every pair or trade",
                )

    def _of_all(self, node: cst.CSTNode) -> bool:
        """Whether a loop around ``node`` goes over the pairs of the whitelist."""
        return any(
            self._pairs(outer.iter)
            for outer in self._around(node)
            if not self.source.inside(node, outer.iter)
        )

    def _around(self, node: cst.CSTNode) -> list[cst.For | cst.CompFor]:
        found: list[cst.For | cst.CompFor] = []
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.FunctionDef):
                break
            if isinstance(outer, cst.For):
                found.append(outer)
            elif isinstance(outer, cst.BaseComp):
                loop: cst.CompFor | None = outer.for_in
                while loop is not None:
                    found.append(loop)
                    loop = loop.inner_for_in
        return found

    def _pairs(self, node: cst.BaseExpression, steps: int = 4) -> bool:
        match node:
            case cst.Call(func=func, args=args):
                name = (dotted(func) or "").rpartition(".")[2]
                if name in {"current_whitelist", "informative_pairs"}:
                    return True
                return any(self._pairs(arg.value, steps) for arg in args)
            case cst.Attribute(attr=attr):
                return attr.value in {"available_pairs", "pair_whitelist"}
            case cst.Name() if steps:
                values = self.source.values(node)
                return any(v is not None and self._pairs(v, steps - 1) for v in values)
        return False
