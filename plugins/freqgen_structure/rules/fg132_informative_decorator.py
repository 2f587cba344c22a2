import difflib
import re
from collections.abc import Iterator
from string import Formatter
from typing import ClassVar

import libcst as cst

from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE
from freqgen_structure.timeframes import minutes_of, misspelt
from freqgen_structure.values import meant, number

_HEAD = (
    "from freqtrade.strategy import IStrategy, informative\n\n\nclass S(IStrategy):\n"
    "    timeframe = '1h'\n\n"
)
_DEF = "    def inf(self, dataframe, metadata):\n        return dataframe\n"
_DEF2 = _DEF.replace("inf(", "other(")
_KEYWORDS = ("timeframe", "asset", "fmt", "candle_type", "ffill", "cache")
_FIELDS = frozenset("base BASE quote QUOTE asset column timeframe".split())
_SAME = {"pair": "asset", "coin": "asset", "tf": "timeframe", "format": "fmt"}
_SAME_FIELD = {"col": "column", "name": "column", "tf": "timeframe", "pair": "asset"}
_ASSET = re.compile(r"[^/\s]+/[^/\s]+")


class InformativeDecorator(Rule):
    """FG132: ``@informative`` is used in a way that Freqtrade refuses.

    It takes a timeframe that is not shorter than the strategy's own, an asset such as
    ``BTC/{stake}``, and a format of the columns' names with ``{column}`` in it. Two methods
    whose columns get the same names cannot both be merged. The methods that Freqtrade calls
    itself are not decorated.
    """

    VALID = (
        _HEAD + "    @informative('4h')\n" + _DEF + "    @informative('1d')\n" + _DEF2,
        _HEAD + "    @informative('4h')\n    @informative('4h', 'BTC/{stake}')\n" + _DEF,
        _HEAD + "    @informative(TF, fmt='{column}_x', ffill=True)\n" + _DEF,
        _HEAD + "    @informative('1h', asset='ETH/USDT:USDT', fmt='{BASE}_{column}')\n" + _DEF,
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    @informative('5m')\n" + _DEF, line=7),
        Bad(code=_HEAD + "    @informative\n" + _DEF, line=7),
        Bad(code=_HEAD + "    @informative()\n" + _DEF, line=7),
        Bad(code=_HEAD + "    @informative(4)\n" + _DEF, line=7),
        Bad(
            code=_HEAD + "    @informative('4 hours')  # slow\n" + _DEF,
            line=7,
            fixed=_HEAD + "    @informative('4h')  # slow\n" + _DEF,
        ),
        Bad(code=_HEAD + "    @informative('slow')\n" + _DEF, line=7),
        Bad(
            code=_HEAD + "    @informative('4h', assets='BTC/USDT')\n" + _DEF,
            line=7,
            fixed=_HEAD + "    @informative('4h', asset='BTC/USDT')\n" + _DEF,
        ),
        Bad(
            code=_HEAD + "    @informative('BTC/USDT', '4h')\n" + _DEF,
            line=7,
            fixed=_HEAD + "    @informative('4h', 'BTC/USDT')\n" + _DEF,
        ),
        Bad(code=_HEAD + "    @informative('4h', 'BTCUSDT')\n" + _DEF, line=7),
        Bad(
            code=_HEAD + "    @informative('4h', fmt='{columns}_4h')\n" + _DEF,
            line=7,
            fixed=_HEAD + "    @informative('4h', fmt='{column}_4h')\n" + _DEF,
        ),
        Bad(code=_HEAD + "    @informative('4h', fmt='slow_{timeframe}')\n" + _DEF, line=7),
        Bad(
            code=_HEAD + "    @informative('4h')\n" + _DEF.replace("inf", "populate_indicators"),
            line=7,
        ),
        Bad(
            code=_HEAD + "    @informative('4h')\n" + _DEF + "    @informative('4h')\n" + _DEF2,
            line=10,
        ),
        Bad(
            code=_HEAD
            + "    @informative('4h', 'BTC/USDT', '{column}_4h')\n"
            + _DEF
            + "    @informative('4h')\n"
            + _DEF2,
            line=10,
        ),
    )

    def check(self) -> None:
        taken: set[str] = set()
        for name, method in self.source.methods.items():
            for decorator in self._decorators(method):
                if name in POPULATE:
                    self.report(
                        decorator,
                        f"{name} is given the candles of the strategy, and is not informative",
                        hint="put @informative on a method of its own",
                    )
                elif isinstance(decorator, cst.Call):
                    self._call(decorator, taken)
                else:
                    self.report(
                        decorator,
                        "@informative needs a timeframe",
                        hint='write @informative("1h")',
                    )

    def _decorators(self, method: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
        for item in method.decorators:
            node = item.decorator
            named = node.func if isinstance(node, cst.Call) else node
            path = self.source.imported(named) or dotted(named) or ""
            if path.rpartition(".")[2] == "informative":
                yield node

    def _call(self, call: cst.Call, taken: set[str]) -> None:
        for arg in call.args:
            word = arg.keyword.value if arg.keyword is not None else ""
            if arg.keyword is not None and word not in _KEYWORDS:
                same = [_SAME[word]] if word in _SAME else []
                near = same or difflib.get_close_matches(word, _KEYWORDS, n=1, cutoff=0.7)
                self.report(
                    arg,
                    f"@informative has no parameter {word}",
                    hint=f"write {near[0]}=" if near else f"it has {', '.join(_KEYWORDS)}",
                    edits=[self.replace(arg.keyword, near[0])] if near else (),
                )
                return
        if self._turned(call):
            return
        given = argument(call, 0, "timeframe")
        if given is None or number(self.source, given) is not None:
            if not any(arg.star for arg in call.args):
                self.report(
                    given or call,
                    "@informative needs a timeframe",
                    hint='write @informative("1h")',
                )
            return
        timeframe = self._timeframe(argument(call, 0, "timeframe"))
        asset = self._asset(argument(call, 1, "asset"))
        fmt = self._format(argument(call, 2, "fmt"))
        if timeframe is None or asset is None or fmt is None:
            return
        name = self._date(timeframe, asset, fmt)
        if name in taken:
            self.report(
                call,
                f'another method brings columns of the same names, such as "{name}"',
                hint="give one of them fmt=, or put both into one method",
            )
        taken.add(name)

    def _turned(self, call: cst.Call) -> bool:
        """Whether the pair stands where the timeframe belongs."""
        first, second = argument(call, 0, "timeframe"), argument(call, 1, "asset")
        texts = [text_of(node) or "" for node in (first, second) if node is not None]
        if len(texts) < 2 or "/" not in texts[0] or minutes_of(texts[1]) is None:
            return False
        if first is not None and second is not None:
            self.report(
                first,
                "@informative takes the timeframe first, then the pair",
                hint=f"write @informative({self.text(second)}, {self.text(first)})",
                edits=[
                    self.replace(first, self.text(second)),
                    self.replace(second, self.text(first)),
                ],
            )
        return True

    def _timeframe(self, node: cst.BaseExpression | None) -> str | None:
        literal = meant(self.source, node) if node is not None else None
        text = text_of(literal) if literal is not None else None
        if text is None or node is None or literal is None:
            return None
        wrong = misspelt(text)
        if wrong is not None:
            edits = renamed_text(self.source, literal, wrong.right) if wrong.right else ()
            self.report(node, wrong.message, hint=wrong.hint, edits=edits)
            return None
        own = self.source.attributes.get("timeframe")
        base = text_of(meant(self.source, own[1])) if own is not None else None
        length, least = minutes_of(text), minutes_of(base or "")
        if length is not None and least is not None and length < least:
            self.report(
                node,
                f'"{text}" is shorter than the timeframe of the strategy, "{base}"',
                hint="Freqtrade refuses it; take the same timeframe or a longer one",
            )
        return text

    def _asset(self, node: cst.BaseExpression | None) -> str | None:
        if node is None:
            return ""
        text = text_of(meant(self.source, node))
        if text and not _ASSET.fullmatch(text):
            self.report(
                node,
                f'"{text}" is not a pair',
                hint='write a pair such as "BTC/USDT", or "BTC/{stake}"',
            )
        return text

    def _format(self, node: cst.BaseExpression | None) -> str | None:
        if node is None:
            return ""
        literal = meant(self.source, node)
        text = text_of(literal)
        if text is None:
            return None
        try:
            fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        except ValueError:
            self.report(node, f'"{text}" is no format', hint='write "{column}_{timeframe}"')
            return None
        for field in fields:
            if field in _FIELDS:
                continue
            same = [_SAME_FIELD[field]] if field in _SAME_FIELD else []
            near = same or difflib.get_close_matches(field, sorted(_FIELDS), n=1, cutoff=0.7)
            mended = text.replace(f"{{{field}}}", f"{{{near[0]}}}") if near else text
            self.report(
                node,
                f"fmt has no {{{field}}}",
                hint=f"write {{{near[0]}}}" if near else f"it has {', '.join(sorted(_FIELDS))}",
                edits=renamed_text(self.source, literal, mended) if near else (),
            )
            return None
        if text and "column" not in fields:
            self.report(
                node,
                "fmt gives all columns the same name",
                hint='put {column} into it, as in "{column}_{timeframe}"',
            )
            return None
        return text

    def _date(self, timeframe: str, asset: str, fmt: str) -> str:
        """What the merged column ``date`` is called, as far as the text tells."""
        base, _, quote = asset.partition("/")
        own = "{column}_{timeframe}"
        form = fmt or ("{base}_{quote}_" + own if asset else own)
        values = {"column": "date", "timeframe": timeframe, "asset": asset}
        values |= {"base": base.lower(), "BASE": base.upper()}
        values |= {"quote": quote.lower(), "QUOTE": quote.upper()}
        return "".join(
            text + (values.get(field, "") if field else "")
            for text, field, _, _ in Formatter().parse(form)
        )
