"""Names that older versions of NumPy and pandas had, and what took their place."""

from __future__ import annotations

NUMPY = {
    line.split()[0]: line.split()[1]
    for line in """
    NaN nan
    NAN nan
    Inf inf
    Infinity inf
    infty inf
    PINF inf
    in1d isin
    trapz trapezoid
    product prod
    cumproduct cumprod
    sometrue any
    alltrue all
    row_stack vstack
    round_ round
    rank ndim
    mat asmatrix
    string_ bytes_
    unicode_ str_
    float_ float64
    complex_ complex128
    cfloat complex128
    singlecomplex complex64
    longfloat longdouble
    longcomplex clongdouble
    clongfloat clongdouble
    bool8 bool_
    object0 object_
    int0 intp
    uint0 uintp
    void0 void
    str0 str_
    bytes0 bytes_
    typeDict sctypeDict
    issubsctype issubdtype
    """.strip().splitlines()
}
"""What NumPy calls a thing that it had another name for."""

NUMPY_BUILTINS = {
    "bool": "bool",
    "complex": "complex",
    "float": "float",
    "int": "int",
    "long": "int",
    "object": "object",
    "str": "str",
    "unicode": "str",
    "alen": "len",
    "issubclass_": "issubclass",
}
"""Names of NumPy that were those of Python itself."""

NUMPY_VALUES = {"NINF": "-{np}.inf", "PZERO": "0.0", "NZERO": "-0.0"}
"""Constants of NumPy that are an expression now."""

NUMPY_ADVICE = {
    "asfarray": "np.asarray(values, dtype=float)",
    "asscalar": "value.item()",
    "cast": "np.asarray(values, dtype=type)",
    "find_common_type": "np.result_type or np.promote_types",
    "issctype": "issubclass(type, np.generic)",
    "maximum_sctype": "the type that is meant, such as np.float64",
    "msort": "np.sort(values, axis=0)",
    "nbytes": "np.dtype(type).itemsize",
    "obj2sctype": "np.dtype(value).type",
    "sctype2char": "np.dtype(value).char",
    "sctypes": "the types that are meant, such as np.float64",
    "fastCopyAndTranspose": "values.T.copy()",
    "financial": "the formula itself: the functions for money have left NumPy",
    "float96": "np.longdouble",
    "math": "the module math of Python",
}
"""What to write for names of NumPy that no single name replaces."""

PANDAS = {
    "Int64Index": "Index",
    "UInt64Index": "Index",
    "Float64Index": "Index",
    "NumericIndex": "Index",
    "TimeSeries": "Series",
    "ordered_merge": "merge_ordered",
}
"""What pandas calls a thing that it had another name for."""

PANDAS_ADVICE = {
    "Panel": "a DataFrame for each item, or one with a MultiIndex",
    "Panel4D": "a DataFrame for each item, or one with a MultiIndex",
    "WidePanel": "a DataFrame for each item, or one with a MultiIndex",
    "SparseSeries": 'a Series of dtype "Sparse"',
    "SparseDataFrame": 'a DataFrame of dtype "Sparse"',
    "TimeGrouper": 'pd.Grouper(freq="1h")',
    "datetime": "datetime, imported from the module datetime",
    "np": "NumPy itself, imported as np",
    "value_counts": "the method value_counts of the Series",
    "rolling_apply": "series.rolling(n).apply(function)",
    "rolling_corr": "series.rolling(n).corr(other)",
    "rolling_cov": "series.rolling(n).cov(other)",
    "rolling_quantile": "series.rolling(n).quantile(q)",
    "rolling_window": "series.rolling(n, win_type=…).mean()",
    "ewmcorr": "series.ewm(span=n).corr(other)",
    "ewmcov": "series.ewm(span=n).cov(other)",
    "ols": "np.polyfit(x, y, 1)",
    "datetools": "pd.offsets",
    "match": "pd.Index(values).get_indexer(wanted)",
}
"""What to write for names of pandas that no single name replaces."""

_ROLLED = "mean sum std var min max median count skew kurt"
PANDAS_WINDOWS: dict[str, tuple[str, str]] = {
    **{f"rolling_{name}": ("rolling", name) for name in _ROLLED.split()},
    **{f"expanding_{name}": ("expanding", name) for name in _ROLLED.split()},
    "ewma": ("ewm", "mean"),
    "ewmstd": ("ewm", "std"),
    "ewmvol": ("ewm", "std"),
    "ewmvar": ("ewm", "var"),
}
"""Functions of pandas that are a window and its method now."""

PANDAS_MODULES = {
    "pandas.util.testing": "pandas.testing",
    "pandas.tseries.tools": "pandas",
    "pandas.tseries.index": "pandas",
    "pandas.tseries.resample": "pandas",
    "pandas.tools.merge": "pandas",
    "pandas.tools.tile": "pandas",
    "pandas.core.index": "pandas",
    "pandas.stats.moments": "",
    "pandas.stats.api": "",
    "pandas.io.data": "",
    "pandas.datetools": "",
}
"""Modules of pandas that are gone, and where their names are; empty where they are gone too."""

RENAMED_METHODS = {
    "iteritems": "items",
    "applymap": "map",
    "is_monotonic": "is_monotonic_increasing",
    "pad": "ffill",
    "backfill": "bfill",
    "as_matrix": "to_numpy",
    "get_values": "to_numpy",
    "order": "sort_values",
    "valid": "dropna",
    "convert_objects": "infer_objects",
    "ftypes": "dtypes",
    "ftype": "dtype",
    "ravel": "to_numpy",
    "sort": "sort_values",
    "bool": "item",
}
"""What methods of dataframes and columns are called now."""

METHOD_ADVICE = {
    "append": "pd.concat([first, second])",
    "mad": "(x - x.mean()).abs().mean()",
    "ix": '.loc[rows, "column"] for labels, .iloc[…] for positions',
    "lookup": "df.to_numpy()[rows, columns]",
    "first": "df[df.index < df.index[0] + pd.Timedelta(…)]",
    "last": "df[df.index > df.index[-1] - pd.Timedelta(…)]",
    "view": "astype(dtype)",
    "swapaxes": ".T",
    "get_value": "df.at[row, column]",
    "set_value": "df.at[row, column] = value",
    "clip_lower": "clip(lower=…)",
    "clip_upper": "clip(upper=…)",
    "ptp": "x.max() - x.min()",
    "nonzero": "x.to_numpy().nonzero()",
    "compress": "x[condition]",
    "reshape": "x.to_numpy().reshape(…)",
    "tshift": "shift(n, freq=…)",
    "slice_shift": "shift(n)",
    "put": "x.iloc[…] = value",
    "select": "df.loc[condition]",
    "asobject": "astype(object)",
    "get_dtype_counts": "df.dtypes.value_counts()",
    "reindex_axis": "reindex(labels, axis=…)",
    "to_dense": "x.sparse.to_dense()",
    "blocks": "df.dtypes",
    "from_items": "pd.DataFrame(dict(items))",
}
"""What to write for methods of dataframes and columns that no single one replaces."""

OLD_METHODS = frozenset({*RENAMED_METHODS, *METHOD_ADVICE})
"""Methods that dataframes and columns once had."""
