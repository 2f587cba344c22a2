"""Arguments that functions of older versions of pandas and NumPy took."""

from __future__ import annotations

RENAMED = {
    ("date_range", "closed"): "inclusive",
    ("bdate_range", "closed"): "inclusive",
    ("quantile", "quantile"): "q",
    **{
        (name, "interpolation"): "method"
        for name in ("percentile", "quantile", "nanpercentile", "nanquantile")
    },
}
"""Keywords that have a new name, by function."""

WITHOUT_AXIS = frozenset("rolling ewm expanding groupby resample".split())
"""Methods whose axis is always that of the rows."""

DROPPED: dict[tuple[str, str], tuple[str, ...]] = {
    ("to_datetime", "infer_datetime_format"): (),
    ("describe", "datetime_is_numeric"): (),
    ("groupby", "squeeze"): ("False",),
    ("fillna", "downcast"): ("None",),
    ("ffill", "downcast"): ("None",),
    ("bfill", "downcast"): ("None",),
    ("interpolate", "downcast"): ("None",),
    ("where", "errors"): (),
    ("mask", "errors"): (),
    ("where", "try_cast"): (),
    ("mask", "try_cast"): (),
    ("stack", "dropna"): (),
    ("append", "sort"): (),
    ("apply", "broadcast"): ("None", "False"),
    ("apply", "reduce"): ("None",),
    ("corrcoef", "bias"): (),
    ("corrcoef", "ddof"): (),
}
"""Keywords that can be left out, with the values for which that changes nothing; empty where
that is so for every value."""

ADVICE = {
    ("resample", "base"): 'write offset="1h" instead',
    ("resample", "loffset"): "add the offset to the index of the result",
    ("resample", "fill_method"): "write .ffill() behind it",
    ("resample", "kind"): "turn the index into periods with to_period()",
    ("resample", "axis"): "turn the frame with .T",
    ("Grouper", "base"): 'write offset="1h" instead',
    ("Grouper", "loffset"): "add the offset to the index of the result",
    ("rolling", "axis"): "turn the frame with .T",
    ("rolling", "freq"): "resample before it",
    ("rolling", "how"): "resample before it",
    ("ewm", "axis"): "turn the frame with .T",
    ("groupby", "axis"): "turn the frame with .T",
    ("groupby", "squeeze"): "leave it out",
    ("fillna", "downcast"): "write .infer_objects() behind it",
    ("replace", "method"): "mask the values and fill with ffill()",
    ("replace", "limit"): "mask the values and fill with ffill()",
    ("astype", "raise_on_error"): 'write errors="ignore"',
    ("concat", "join_axes"): "write .reindex() behind it",
    ("factorize", "na_sentinel"): "write use_na_sentinel=True",
    ("pct_change", "limit"): "write .ffill(limit=…).pct_change()",
}
"""What to write for keywords that no other one replaces."""

REDUCTIONS = frozenset(
    "all any count kurt kurtosis max mean median min prod product sem skew std sum var".split()
)

_JOINED = "axis join ignore_index keys levels names verify_integrity sort copy"
POSITIONS = {
    name: tuple(line.split())
    for name, line in {
        "drop": "labels axis index columns level inplace errors",
        "dropna": "axis how thresh subset inplace",
        "set_index": "keys drop append inplace verify_integrity",
        "reset_index": "level drop inplace col_level col_fill",
        "sort_values": "by axis ascending inplace kind na_position ignore_index key",
        "sort_index": "axis level ascending inplace kind na_position",
        "pivot": "index columns values",
        "clip": "lower upper axis inplace",
        "where": "cond other inplace axis level",
        "mask": "cond other inplace axis level",
        "interpolate": "method axis limit inplace limit_direction limit_area",
        "any": "axis bool_only skipna",
        "drop_duplicates": "subset keep inplace ignore_index",
        "ffill": "axis inplace limit",
        "bfill": "axis inplace limit",
        "concat": f"objs {_JOINED}",
        "replace": "to_replace value inplace limit regex method",
    }.items()
}
"""The parameters that could once be given by position, in their order."""

SERIES_POSITIONS = {
    "drop_duplicates": ("keep", "inplace", "ignore_index"),
    "dropna": ("axis", "inplace", "how"),
    "sort_values": ("axis", "ascending", "inplace", "kind", "na_position"),
}
"""Those of columns, where they are not those of dataframes."""
