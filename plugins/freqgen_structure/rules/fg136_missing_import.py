from collections.abc import Iterable
from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import needed_module, needed_name
from freqgen_structure.nearest import nearest
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.unknown_names import names_at, unknown_names

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"

_MODULES = {"np": "numpy", "pd": "pandas", "numpy": "numpy", "pandas": "pandas", "math": "math",
            "logging": "logging", "pta": "pandas_ta"}  # fmt: skip
_FROM = {
    "freqtrade.strategy": "BooleanParameter CategoricalParameter DecimalParameter IStrategy "
    "IntParameter RealParameter informative merge_informative_pair stoploss_from_absolute "
    "stoploss_from_open timeframe_to_minutes timeframe_to_next_date timeframe_to_prev_date",
    "freqtrade.persistence": "Trade Order PairLocks",
    "freqtrade.enums": "CandleType ExitType RunMode TradingMode",
    "freqtrade.data.dataprovider": "DataProvider",
    "pandas": "DataFrame Series",
    "functools": "reduce partial lru_cache",
    "datetime": "timedelta timezone UTC",
    "typing": "Any ClassVar Dict List Optional Tuple Union Literal",
    "collections.abc": "Callable Iterable Sequence Mapping",
    "collections": "defaultdict deque Counter",
    "technical": "qtpylib",
    "technical.qtpylib": "crossed_above crossed_below",
}
_NAMES = {name: module for module, names in _FROM.items() for name in names.split()}
_BROUGHT = frozenset(
    "IStrategy Trade Order PairLocks informative BooleanParameter CategoricalParameter "
    "DecimalParameter IntParameter RealParameter timeframe_to_minutes timeframe_to_next_date "
    "timeframe_to_prev_date merge_informative_pair stoploss_from_absolute stoploss_from_open "
    "AnnotationType".split()
)
"""What ``from freqtrade.strategy import *`` brings along."""


class MissingImport(Rule):
    """FG136: a name is used that the file neither imports nor defines.

    Python raises ``NameError`` when it comes there: while the file is loaded, so that there is no
    strategy at all, or on the first candle. That holds for ``np`` and ``ta`` without an import as
    for a name that is misspelt.
    """

    VALID = (
        "import numpy as np\n" + _HEAD + "    x = np.nan\n",
        "from freqtrade.strategy import *\n\n\nclass S(IStrategy):\n    x = IntParameter(1, 2)\n",
        _HEAD + "    def f(self, np):\n        return np + 1\n",
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n"
        + _HEAD
        + "    x = np\n",
        "from somewhere import *\n" + _HEAD + "    x = np.nan\n",
        _HEAD + _DEF + "        import numpy as np\n        return np.nan\n",
        _HEAD + "    def f(self, x):\n        match x:\n            case [first, *rest]:\n"
        "                return first, rest\n        return __file__, [n for n in x]\n",
        _HEAD + "    def f(self):\n        try:\n            return later\n"
        "        except NameError:\n            return 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = np.nan\n        return dataframe\n",
            line=6,
            fixed="from freqtrade.strategy import IStrategy\nimport numpy as np\n\n\n"
            "class S(IStrategy):\n"
            + _DEF
            + "        dataframe['x'] = np.nan\n        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(1, 5, default=2)\n",
            line=5,
            fixed="from freqtrade.strategy import IStrategy, IntParameter\n\n\n"
            "class S(IStrategy):\n    buy_a = IntParameter(1, 5, default=2)\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = ta.RSI(dataframe)\n",
            line=6,
            fixed="from freqtrade.strategy import IStrategy\nimport talib.abstract as ta\n\n\n"
            "class S(IStrategy):\n" + _DEF + "        dataframe['x'] = ta.RSI(dataframe)\n",
        ),
        Bad(
            code=_HEAD + "    def f(self, t: datetime) -> 'x':\n        return t\n",
            line=5,
            fixed="from freqtrade.strategy import IStrategy\nfrom datetime import datetime\n\n\n"
            "class S(IStrategy):\n    def f(self, t: datetime) -> 'x':\n        return t\n",
        ),
        Bad(code=_HEAD + _DEF + "        dataframe['x'] = ta.sma(dataframe)\n", line=6),
        Bad(
            code=_HEAD + _DEF + "        return datafame.copy()\n",
            line=6,
            fixed=_HEAD + _DEF + "        return dataframe.copy()\n",
        ),
        Bad(
            code=_HEAD
            + _DEF
            + "        dataframe['x'] = dataframe['close'].shift(\n            perid\n        )\n",
            line=7,
        ),
        Bad(
            code="class S(IStrategy):\n    x = 1\n",
            line=1,
            fixed="from freqtrade.strategy import IStrategy\nclass S(IStrategy):\n    x = 1\n",
        ),
    )

    def check(self) -> None:
        if self._anything():
            return
        seen: set[str] = set()
        for name in sorted(self.source.all(cst.Name), key=self.source.position):
            text = name.value
            known = text in _MODULES or text in _NAMES or text in {"ta", "talib", "datetime"}
            if not known or text in seen or not self._unbound(name):
                continue
            if self.source.imports_all and text in _BROUGHT:
                continue
            seen.add(text)
            what, edits = self._import(text)
            self.report(
                name,
                f"{text} is neither imported nor defined",
                hint=f"add {what}" if what else "import it, or take what it stands for",
                edits=edits,
            )
        if self.source.strategies:
            for unknown in unknown_names(self.source):
                if unknown.value in seen:
                    continue
                meant = nearest(unknown.value, names_at(self.source, unknown), synonyms=False)
                self.report(
                    unknown,
                    f"{unknown.value} is neither imported nor defined",
                    hint=f"write {meant}" if meant else "define it, or correct its name",
                    edits=[self.replace(unknown, meant)] if meant else (),
                )

    def _anything(self) -> bool:
        """Whether an import of everything may bring any name."""
        return any(
            isinstance(node.names, cst.ImportStar) and self._module(node) != "freqtrade.strategy"
            for node in self.source.all(cst.ImportFrom)
        )

    def _module(self, node: cst.ImportFrom) -> str:
        return "" if node.module is None or node.relative else self.text(node.module)

    def _unbound(self, name: cst.Name) -> bool:
        parent = self.source.parent(name)
        match parent:
            case cst.Attribute(attr=other) | cst.Arg(keyword=other) if other is name:
                return False
            case cst.Param() | cst.ImportAlias() | cst.AsName() | cst.Global() | cst.NameItem():
                if not (isinstance(parent, cst.Param) and parent.default is name):
                    return False
            case cst.FunctionDef() | cst.ClassDef() | cst.MatchKeywordElement():
                return False
        if any(isinstance(a, cst.Import | cst.ImportFrom) for a in self.source.ancestors(name)):
            return False
        return not self.source.bindings(name)

    def _import(self, name: str) -> tuple[str, Iterable[Edit]]:
        """The statement that brings a name, and its edits."""
        if name in _MODULES:
            module = _MODULES[name]
            _, edits = needed_module(self.source, module, name)
            return (f"import {module} as {name}" if module != name else f"import {name}"), edits
        if name in _NAMES:
            _, edits = needed_name(self.source, _NAMES[name], name)
            return f"from {_NAMES[name]} import {name}", edits
        read = self._read(name)
        if name == "datetime":
            return self._datetime(read)
        if name == "talib":
            module = "talib.abstract" if "abstract" in read else "talib"
            return f"import {module}", needed_module(self.source, module)[1]
        if read and all(attribute.isupper() for attribute in read):
            return "import talib.abstract as ta", needed_module(
                self.source, "talib.abstract", "ta"
            )[1]
        return "", ()

    def _read(self, name: str) -> set[str]:
        """The attributes that are read from a name."""
        return {
            a.attr.value
            for a in self.source.all(cst.Attribute)
            if isinstance(a.value, cst.Name) and a.value.value == name
        }

    def _datetime(self, read: set[str]) -> tuple[str, Iterable[Edit]]:
        whole = read & {"datetime", "timedelta", "timezone", "UTC"}
        if whole and read - whole:
            return "", ()
        if whole:
            return "import datetime", needed_module(self.source, "datetime")[1]
        return (
            "from datetime import datetime",
            needed_name(self.source, "datetime", "datetime")[1],
        )
