"""What functions of pandas, NumPy and others give back: values by candle, or one for all."""

from __future__ import annotations

REDUCTIONS = frozenset(
    "mean max min std sum median var sem skew kurt kurtosis mad prod product quantile mode "
    "idxmax idxmin argmax argmin nlargest nsmallest describe value_counts nunique corr cov "
    "agg aggregate ptp autocorr".split()
)
"""Methods of a frame or a column that give one value for all candles."""

NUMPY_REDUCTIONS = frozenset(
    "mean max min std sum median var average amax amin nanmax nanmin nanmean nanstd nansum "
    "nanmedian nanvar percentile nanpercentile quantile nanquantile ptp argmax argmin nanargmax "
    "nanargmin prod corrcoef cov histogram bincount".split()
)
"""Functions of NumPy that do."""

_STATISTICS = (
    "mean fmean median mode stdev pstdev variance pvariance median_low median_high quantiles"
)
_SCIPY = "gmean hmean skew kurtosis sem iqr mode describe trim_mean scoreatpercentile tmean tstd"
OTHER_REDUCTIONS = frozenset(
    [f"statistics.{name}" for name in _STATISTICS.split()]
    + [f"scipy.stats.{name}" for name in _SCIPY.split()]
)
"""Functions of other libraries that do."""

KEEPING = frozenset(
    "abs add array asfreq assign astype between bfill backfill ceil clip combine combine_first "
    "convert_dtypes copy cummax cummin cumprod cumsum date diff div divide dot drop "
    "drop_duplicates dropna eq explode ffill pad fillna filter flatten floor floordiv ge get "
    "gt head infer_objects insert interpolate isin isna isnull items join le lt map mask merge "
    "mod mul multiply ne normalize notna notnull pct_change pipe pop pow query radd rank ravel "
    "rdiv reindex rename repeat replace reset_index reshape rmul round rpow rsub rtruediv "
    "select_dtypes set_axis set_index set_flags shift sort_index sort_values squeeze stack str "
    "sub subtract tail take to_frame to_numpy to_series tolist to_list transform transpose truediv "
    "truncate tz_convert tz_localize unstack update view where xs day_name month_name strftime "
    "isocalendar to_pydatetime get_group sample".split()
)
"""Methods whose result has a value for each candle, or most of them."""

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

FRAMES = frozenset(
    "merge_informative_pair resampled_merge DataFrame concat merge merge_asof merge_ordered "
    "heikinashi".split()
)
"""Functions that give a frame."""

PROVIDERS = frozenset(
    "get_pair_dataframe get_analyzed_dataframe historic_ohlcv ohlcv get_producer_df".split()
)
"""Methods of the data provider that give candles."""

SEVERAL_OUTPUTS = frozenset(
    "ACCBANDS AROON BBANDS HT_PHASOR HT_SINE MACD MACDEXT MACDFIX MAMA MINMAX MINMAXINDEX STOCH "
    "STOCHF STOCHRSI".split()
)
"""Functions of TA-Lib that give more than one column."""

PROPERTIES = frozenset(
    "at attrs axes columns dtypes empty flags hist iat iloc index loc ndim plot shape size sparse "
    "style ta".split()
)
"""Attributes of a frame that are no columns."""
