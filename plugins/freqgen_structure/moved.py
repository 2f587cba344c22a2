"""Names that Freqtrade had elsewhere once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqgen_structure.installed import INSTALLED
from freqgen_structure.renaming import tried

if TYPE_CHECKING:
    import libcst as cst

    from freqgen_structure.source import Source

_HOMES = {
    "freqtrade.strategy": "BooleanParameter CategoricalParameter DecimalParameter IStrategy "
    "IntParameter RealParameter informative merge_informative_pair stoploss_from_absolute "
    "stoploss_from_open timeframe_to_minutes timeframe_to_next_date timeframe_to_prev_date",
    "freqtrade.persistence": "Trade Order PairLocks",
    "freqtrade.enums": "CandleType ExitType RunMode SignalType TradingMode",
    "freqtrade.data.dataprovider": "DataProvider",
    "technical": "qtpylib",
    "technical.qtpylib": "crossed_above crossed_below",
}
HOME = {name: module for module, names in _HOMES.items() for name in names.split()}
GONE = {
    "IHyperOpt": "the spaces of hyperopt are parameters of the strategy: IntParameter and others",
    "IHyperOptLoss": "a loss function is a file of its own",
    "SellType": "it is called ExitType, in freqtrade.enums",
    "Edge": "edge is gone; there is nothing in its place",
}


def moved(source: Source, statement: cst.ImportFrom, module: str, name: str) -> bool:
    """Whether an import names something that is not there, and was once, or is elsewhere."""
    if not module.startswith("freqtrade.") or (name not in HOME and name not in GONE):
        return False
    if tried(source, statement, "ImportError"):
        return False
    return INSTALLED.module(module) is None or INSTALLED.lacks(module, name)
