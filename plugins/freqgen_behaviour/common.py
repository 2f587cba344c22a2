"""What the checks share: the specimen, its full run, and when two values are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from freqgen import Draft, Laboratory, Run, ScreenedDraft, Specimen, ValidationContext

SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short", "enter_tag", "exit_tag")
"""Columns that Freqtrade trades by."""

CANDLES = ("date", "open", "high", "low", "close", "volume")

CLOSE_ENOUGH = 1e-7
"""Relative difference below which two numbers are the same: they may be summed in other orders."""


def laboratory(context: ValidationContext) -> Laboratory:
    """The laboratory of the context.

    :raises ValueError: If there is none: then no validator of this phase is asked.
    """
    if context.laboratory is None:
        raise ValueError("there is no laboratory to run the draft in")
    return context.laboratory


def specimen(draft: Draft, context: ValidationContext) -> Specimen | None:
    """The draft as Freqtrade loads it, and ``None`` if it does not: another check says why."""
    from freqgen import Finding

    # Validators of this phase get nothing but screened drafts.
    found = laboratory(context).describe(cast("ScreenedDraft", draft))
    return None if isinstance(found, Finding) else found


def full_run(draft: Draft, context: ValidationContext) -> tuple[Specimen, Run] | None:
    """The specimen and its full run, and ``None`` if there is none: another check says why."""
    from freqgen import Trial

    found = specimen(draft, context)
    if found is None:
        return None
    (run,) = laboratory(context).run(found, [Trial(lines=True)])
    return None if run.frame is None or not fits(run) else (found, run)


def fits(run: Run) -> bool:
    """Whether a run gave a row for each candle, in order."""
    if run.frame is None or run.candles is None or len(run.frame) != len(run.candles):
        return False
    columns = list(run.frame.columns)
    if columns.count("date") != 1 or len(set(columns)) != len(columns):
        return False
    found, given = run.frame["date"], run.candles["date"]
    return found.dtype == given.dtype and bool((found.array == given.array).all())


def same(a: pd.Series[Any], b: pd.Series[Any]) -> NDArray[np.bool_]:
    """Where two columns of the same length agree, row by row; two missing values do."""
    import numpy as np
    import pandas as pd

    missing = a.isna().to_numpy() & b.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        x, y = a.to_numpy(dtype=float), b.to_numpy(dtype=float)
        scale = np.maximum(np.abs(x), np.abs(y))
        with np.errstate(invalid="ignore"):
            close = np.abs(x - y) <= CLOSE_ENOUGH * scale
        return np.asarray((x == y) | close | missing, dtype=bool)
    equal = a.astype(object).to_numpy() == b.astype(object).to_numpy()
    return np.asarray(equal, dtype=bool) | missing
