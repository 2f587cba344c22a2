"""What an expression may hold, and what pandas, NumPy and TA-Lib make of it: names and tables.

Two questions are asked of an expression, and both are answered in these words:

- *What is it, for certain?* (:mod:`~freqgen_structure.kinds`, with
  :mod:`~freqgen_structure.known_calls`.) Asked before something is called wrong: that a condition
  is a number, that a text is compared with a column. Whatever is bound in two ways, or comes from
  a function that is not known, is nothing.
- *May it have a value for each candle?* (:mod:`~freqgen_structure.series`, with
  :mod:`~freqgen_structure.candle_kinds`.) Asked where columns are computed, before something is
  called a look into the future. A library that nobody knows makes something of columns when it is
  given columns; of two values that a name may have, the one with candles counts.

So the same call gets different answers: ``unknown(dataframe)`` is nothing for certain and may well
have candles, and ``close.mean()`` is a number for certain and has none.
"""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    """What an expression holds.

    The order counts where something may be several of them: the first says most.
    """

    FRAME = auto()
    """A dataframe; of all candles, where that is the question."""
    SERIES = auto()
    """A column, of whatever values; where candles are the question, an array or a list too."""
    BOOLS = auto()
    """A column or an array of ``True`` and ``False``."""
    ARRAY = auto()
    """An array of numpy, of whatever values."""
    RESULT = auto()
    """What a library made of columns: a frame, a column or several of them."""
    INDEX = auto()
    """The index of a frame."""
    WINDOW = auto()
    """What ``rolling``, ``ewm`` and ``expanding`` give: it moves along the candles."""
    GROUPS = auto()
    """Groups of candles, of which each is seen as a whole."""
    AGGREGATE = auto()
    """One row for each group of candles."""
    OUTPUTS = auto()
    """The tuple of columns that a function of plain ``talib`` gives."""
    ROW = auto()
    """One row of a dataframe."""
    SCALAR = auto()
    """One number, text or truth value."""

    @property
    def many(self) -> bool:
        """Whether it has a value for every candle, and none of its own as a whole."""
        return self in {Kind.SERIES, Kind.BOOLS, Kind.ARRAY}


DATA = frozenset({Kind.FRAME, Kind.SERIES, Kind.RESULT})
"""Kinds with a value for each candle, where candles are the question."""

LOCATORS = frozenset({"loc", "iloc", "at", "iat"})

FRAME_METHODS = frozenset(
    "copy assign fillna ffill bfill dropna reset_index set_index sort_values sort_index replace "
    "drop head tail rename query shift infer_objects interpolate where mask clip "
    "round astype".split()
)
"""Methods of a dataframe that give another one."""

BOOL_METHODS = frozenset(
    "between eq ge gt isin isna isnull le lt ne notna notnull duplicated".split()
)
"""Methods of a column that give truth values."""

SERIES_METHODS = frozenset(
    "abs add apply astype bfill clip combine_first cummax cummin cumprod cumsum diff div divide "
    "ffill fillna floordiv infer_objects interpolate map mask mod mul multiply pct_change pow "
    "rank replace round rsub rtruediv shift sub subtract transform truediv where".split()
)
"""Methods of a column that give another one with a value for every row."""

_OTHERS_KEEPING = (
    "array asfreq backfill ceil combine convert_dtypes cumsum date dot drop_duplicates explode "
    "pad filter flatten floor get insert items join merge normalize pipe pop radd ravel rdiv "
    "reindex repeat reshape rmul rpow select_dtypes set_axis set_flags squeeze stack str take "
    "to_frame to_numpy to_series tolist to_list transpose truncate tz_convert tz_localize unstack "
    "update view xs day_name month_name strftime isocalendar to_pydatetime get_group sample"
)
KEEPING = frozenset({*FRAME_METHODS, *BOOL_METHODS, *SERIES_METHODS, *_OTHERS_KEEPING.split()})
"""Methods whose result has a value for each candle, or most of them."""

_STATISTICS = frozenset(
    "kurt max mean median min nunique prod quantile sem skew std sum var".split()
)
SCALAR_METHODS = _STATISTICS | frozenset(
    "all any count first_valid_index item last_valid_index".split()
)
"""Methods of a column that give a single value; of a window, one for every row."""

REDUCTIONS = _STATISTICS | frozenset(
    "kurtosis mad product mode idxmax idxmin argmax argmin nlargest nsmallest describe "
    "value_counts corr cov agg aggregate ptp autocorr".split()
)
"""Methods of a frame or a column that give one answer for all candles."""

NUMPY_REDUCTIONS = frozenset(
    "mean max min std sum median var average amax amin nanmax nanmin nanmean nanstd nansum "
    "nanmedian nanvar percentile nanpercentile quantile nanquantile ptp argmax argmin nanargmax "
    "nanargmin prod corrcoef cov histogram bincount".split()
)
"""Functions of NumPy that do."""

_OF_STATISTICS = (
    "mean fmean median mode stdev pstdev variance pvariance median_low median_high quantiles"
)
_SCIPY = "gmean hmean skew kurtosis sem iqr mode describe trim_mean scoreatpercentile tmean tstd"
OTHER_REDUCTIONS = frozenset(
    [f"statistics.{name}" for name in _OF_STATISTICS.split()]
    + [f"scipy.stats.{name}" for name in _SCIPY.split()]
)
"""Functions of other libraries that do."""

ARRAYS = frozenset(
    "abs absolute ceil cos exp fabs floor fmax fmin log log10 log1p maximum minimum nan_to_num "
    "power round sign sin sqrt square tan tanh".split()
)
"""Functions of numpy that give a value for every value that they are given."""

DATE_PARTS = frozenset(
    "year month day hour minute second microsecond weekday dayofweek day_of_week dayofyear "
    "day_of_year date time week quarter is_month_start is_month_end days_in_month real imag".split()
)
"""Attributes of dates and of arrays that have a value for each candle."""

WINDOWS = frozenset({"rolling", "expanding", "ewm"})
GROUPING = frozenset({"groupby", "resample"})
"""Methods that make groups of candles."""

BY_CANDLE = frozenset(
    "transform shift diff pct_change cumsum cummax cummin cumprod cumcount ngroup ffill bfill "
    "fillna rank head apply".split()
)
"""Methods of groups whose result has a value for each candle."""

_FRAMES = frozenset("merge_informative_pair resampled_merge heikinashi DataFrame".split())
FRAME_CALLS = _FRAMES | {"resample_to_interval"}
"""Functions, whatever module they are in, that give a dataframe for certain."""
FRAMES = _FRAMES | {"concat", "merge", "merge_asof", "merge_ordered"}
"""Functions that give a frame with the candles that they are given."""

PROVIDERS = frozenset(
    "get_pair_dataframe get_analyzed_dataframe historic_ohlcv ohlcv get_producer_df".split()
)
"""Methods of the data provider that give candles."""

TALIB_OUTPUTS = {
    "HT_PHASOR": "inphase quadrature",
    "HT_SINE": "sine leadsine",
    "MINMAX": "min max",
    "MINMAXINDEX": "minidx maxidx",
    "AROON": "aroondown aroonup",
    "MACD": "macd macdsignal macdhist",
    "MACDEXT": "macd macdsignal macdhist",
    "MACDFIX": "macd macdsignal macdhist",
    "STOCH": "slowk slowd",
    "STOCHF": "fastk fastd",
    "STOCHRSI": "fastk fastd",
    "ACCBANDS": "upperband middleband lowerband",
    "BBANDS": "upperband middleband lowerband",
    "MAMA": "mama fama",
}
"""The outputs of the functions of TA-Lib that give more than one column."""

PROPERTIES = frozenset(
    "at attrs axes columns dtypes empty flags hist iat iloc index loc ndim plot shape size sparse "
    "style ta".split()
)
"""Attributes of a frame that are no columns."""
