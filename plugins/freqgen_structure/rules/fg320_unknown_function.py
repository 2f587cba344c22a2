from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen_structure import outdated
from freqgen_structure.imported import get, has, module, talib_functions
from freqgen_structure.installed import INSTALLED, READ, Class
from freqgen_structure.kinds import kinds_of
from freqgen_structure.moved import moved
from freqgen_structure.nearest import distance, plain
from freqgen_structure.renaming import from_imports, named_import, tried
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_TALIB = ("talib", "talib.abstract", "talib.stream")
_ASKED = frozenset(
    "numpy numpy.linalg numpy.random numpy.fft numpy.ma pandas pandas.api.types pandas.tseries "
    "math statistics itertools functools operator datetime".split()
)
_OPEN_CLASSES = frozenset({"pandas.DataFrame", "pandas.Series", "datetime.datetime"})
_ALIASES = {
    "bollinger": "BBANDS", "bollingerbands": "BBANDS", "bbband": "BBANDS", "bb": "BBANDS",
    "bolinger": "BBANDS", "stochastic": "STOCH", "stochasticrsi": "STOCHRSI", "psar": "SAR",
    "parabolicsar": "SAR", "averagetruerange": "ATR", "momentum": "MOM", "williamsr": "WILLR",
    "williams": "WILLR", "stdev": "STDDEV", "std": "STDDEV", "relativestrengthindex": "RSI",
    "moneyflowindex": "MFI", "onbalancevolume": "OBV", "plusdi": "PLUS_DI", "pdi": "PLUS_DI",
    "mdi": "MINUS_DI", "truerange": "TRANGE", "tr": "TRANGE", "linreg": "LINEARREG",
    "exponentialmovingaverage": "EMA", "simplemovingaverage": "SMA", "correl": "CORREL",
    "corr": "CORREL", "crossabove": "crossed_above", "crossesabove": "crossed_above",
    "crossover": "crossed_above", "crossbelow": "crossed_below", "crossesbelow": "crossed_below",
    "crossunder": "crossed_below", "bbands": "bollinger_bands", "stddev": "stdev",
    "heikenashi": "heikinashi", "heikinashicandles": "heikinashi", "average": "mean",
    "mergeinformative": "merge_informative_pair",
}  # fmt: skip


class UnknownFunction(Rule):
    """FG320: a library does not have the name that is read from it.

    ``ta.rsi`` under ``talib.abstract``, ``qtpylib.cross_above`` or ``np.crossover`` raise
    ``AttributeError`` when the strategy reaches them, and Freqtrade then trades nothing. What is
    there is looked up in the libraries that are installed.
    """

    VALID = (
        "import talib.abstract as ta\nx = ta.RSI(dataframe, timeperiod=14)\n",
        "from technical import qtpylib\nx = qtpylib.crossed_above(a, b)\n",
        "import pandas_ta as pta\nx = pta.rsi(dataframe['close'], length=14)\n",
        "import numpy as np\nx = np.random.default_rng(1).normal(size=3)\n",
        "from technical.indicators import ichimoku, RMI\n",
        "import pandas as pd\nx = pd.Series.rolling\ny = pd.offsets.Hour(1)\n",
        "try:\n    from talib import KELTNER\nexcept ImportError:\n    KELTNER = None\n",
        "import somewhere as ta\nx = ta.rsi(dataframe)\n",
        "import datetime\nx = datetime.datetime.now(datetime.timezone.utc)\n",
        "from freqtrade.strategy.hyper import IntParameter\n",  # FG126 says it
    )
    INVALID: ClassVar = (
        Bad(
            code="import talib.abstract as ta\nx = ta.rsi(dataframe)  # fast\n",
            line=2,
            fixed="import talib.abstract as ta\nx = ta.RSI(dataframe)  # fast\n",
        ),
        Bad(code="import talib.abstract as ta\nx = ta.SMMA(dataframe)\n", line=2),
        Bad(
            code="import talib.abstract as ta\nx = (\n    ta.BOLLINGER(dataframe)\n)\n",
            line=3,
            fixed="import talib.abstract as ta\nx = (\n    ta.BBANDS(dataframe)\n)\n",
        ),
        Bad(
            code="from talib.abstract import EMA, ROCC\n\nx = ROCC(dataframe)\n",
            line=1,
        ),
        Bad(
            code="from talib.abstract import (\n    EMA,\n    rsi,\n)\n\nx = rsi(dataframe)\n",
            line=3,
            fixed="from talib.abstract import (\n    EMA,\n    RSI,\n)\n\nx = RSI(dataframe)\n",
        ),
        Bad(
            code="import freqtrade.vendor.qtpylib.indicators as qtpylib\n"
            "x = qtpylib.cross_above(a, b)\n",
            line=2,
            fixed="import freqtrade.vendor.qtpylib.indicators as qtpylib\n"
            "x = qtpylib.crossed_above(a, b)\n",
        ),
        Bad(
            code="from technical import qtpylib\nx = 1\ny = qtpylib.crosed_below(a, b)\n",
            line=3,
            fixed="from technical import qtpylib\nx = 1\ny = qtpylib.crossed_below(a, b)\n",
        ),
        Bad(code="import technical.indicators as ti\nx = ti.gaussian_channel(d)\n", line=2),
        Bad(
            code="import pandas_ta as pta\nx = pta.RSI(dataframe['close'])\n",
            line=2,
            fixed="import pandas_ta as pta\nx = pta.rsi(dataframe['close'])\n",
        ),
        Bad(
            code="from datetime import datetime\nx = datetime.datetime.now()\n",
            line=2,
            fixed="from datetime import datetime\nx = datetime.now()\n",
        ),
        Bad(
            code="dataframe.ta.rsii(append=True)\n",
            line=1,
        ),
        Bad(code="import numpy as np\nx = np.crossover(a, b)\n", line=2),
        Bad(
            code="import pandas as pd\nx = pd.Dataframe({'a': [1]})\n",
            line=2,
            fixed="import pandas as pd\nx = pd.DataFrame({'a': [1]})\n",
        ),
        Bad(
            code="from freqtrade.strategy import IStrategy, IntParamter\n\np = IntParamter(1, 2)\n",
            line=1,
            fixed="from freqtrade.strategy import IStrategy, IntParameter\n\n"
            "p = IntParameter(1, 2)\n",
        ),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        owners = self.source.imports(node.value)
        name = node.attr.value
        if not owners and isinstance(node.value, cst.Attribute) and node.value.attr.value == "ta":
            self._accessor(node, node.value.value)
        if not owners or not all(_lacks(owner, name) for owner in owners):
            return
        if tried(self.source, node, "AttributeError"):
            return
        owner, meant = owners[0], _meant(owners[0], name)
        edits = (self.replace(node.attr, meant),) if meant else ()
        if owner == "datetime.datetime" and name == "datetime":
            edits = (self.replace(node, self.text(node.value)),)
        self.report(node.attr, _message(owner, name), hint=_hint(owner, name, meant), edits=edits)

    def _accessor(self, node: cst.Attribute, frame: cst.BaseExpression) -> None:
        """``dataframe.ta.rsi``, which ``pandas_ta`` gives every dataframe."""
        name = node.attr.value
        holder = INSTALLED.member("pandas_ta.core", "AnalysisIndicators")
        if not isinstance(holder, Class) or kinds_of(self.source).of(frame) is not Kind.FRAME:
            return
        if name in holder.attributes or name.startswith("_") or has("pandas.Series", name):
            return
        meant = _meant("pandas_ta", name)
        self.report(
            node.attr,
            _message("pandas_ta", name),
            hint=_hint("pandas_ta", name, meant),
            edits=(self.replace(node.attr, meant),) if meant and meant in holder.attributes else (),
        )

    def check(self) -> None:
        super().check()
        for owner, item in from_imports(self.source):
            name = item.name.value
            if not isinstance(name, str) or not _lacks(owner, name):
                continue
            statement = self.source.parent(item)
            if tried(self.source, item) or (
                isinstance(statement, cst.ImportFrom) and moved(self.source, statement, owner, name)
            ):
                continue  # FG126 says where it is
            meant = _meant(owner, name)
            self.report(
                item.name,
                _message(owner, name),
                hint=_hint(owner, name, meant),
                edits=named_import(self.source, item, meant) if meant else (),
            )

    def visit_Call(self, node: cst.Call) -> None:
        """``abstract.Function("NAME")``, which takes the name in letters of any size."""
        if self.source.imported(node.func) != "talib.abstract.Function" or not node.args:
            return
        known = talib_functions()
        for name in sorted(self.source.strings(node.args[0].value) or ()):
            if known and name.upper() not in known:
                self.report(
                    node.args[0],
                    _message("talib.abstract", name),
                    hint=_hint("talib.abstract", name, None),
                )


def _lacks(owner: str, name: str) -> bool:
    """Whether the library ``owner`` is installed and has no ``name``."""
    if name.startswith("__"):
        return False
    if owner in _TALIB:
        return bool(talib_functions()) and has(owner, name) is False
    if owner.partition(".")[0] in READ:
        return INSTALLED.lacks(owner, name)
    if owner in _ASKED or owner in _OPEN_CLASSES:
        return has(owner, name) is False and not _outdated(owner, name)
    return False


def _outdated(owner: str, name: str) -> bool:
    """Whether a name was there once: another rule says what took its place."""
    if owner == "numpy":
        return name in {
            *outdated.NUMPY, *outdated.NUMPY_BUILTINS, *outdated.NUMPY_VALUES,
            *outdated.NUMPY_ADVICE,
        }  # fmt: skip
    if owner == "pandas":
        return name in {*outdated.PANDAS, *outdated.PANDAS_ADVICE, *outdated.PANDAS_WINDOWS}
    return False


def _known(owner: str) -> set[str]:
    if owner in _TALIB:
        return set(talib_functions())
    found = INSTALLED.module(owner)
    if found is not None:
        return {name for name in found.names if not name.startswith("_")}
    asked = module(owner) or get(owner)
    return {name for name in dir(asked) if not name.startswith("_")}


def _meant(owner: str, name: str) -> str | None:
    """The one function that a name must mean.

    Names of indicators differ by single letters, as ``SMMA`` and ``SMA`` do, so a slip of the
    keyboard counts in long names only, or where letters have changed places.
    """
    known = _known(owner)
    chosen = [one for one in known if plain(one) == plain(name)]
    alias = _ALIASES.get(plain(name))
    if not chosen and alias is not None:
        chosen = [one for one in known if one == alias]
    if not chosen:
        near = [one for one in known if distance(plain(one), plain(name)) == 1]
        chosen = [one for one in near if len(name) > 5 or sorted(one) == sorted(name)]
    return chosen[0] if len(chosen) == 1 else None


def _message(owner: str, name: str) -> str:
    return f"{owner} has no {name}"


def _hint(owner: str, name: str, meant: str | None) -> str:
    if meant:
        return f"write {meant}"
    known = _known(owner)
    near = sorted(one for one in known if distance(plain(one), plain(name)) <= 1)
    if near:
        return f"names like it are {', '.join(near[:4])}"
    if name == "MA_Type":
        return "import it from talib, as in from talib import MA_Type"
    if owner.startswith("datetime"):
        return "from datetime import datetime brings the class, and not the module"
    for other in ("talib.abstract", "technical.qtpylib", "technical.indicators", "pandas_ta"):
        if other == owner:
            continue
        for one in sorted(_known(other)):
            if plain(one) == plain(name):
                return f"{other} has {one}"
    return "look up what the library calls it, or compute it from columns"
