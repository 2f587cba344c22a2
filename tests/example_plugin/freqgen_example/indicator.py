"""An indicator: where in its range of late the close is."""

from freqgen import Param, function_indicator


def range_share(high, low, close, *, length):
    """Share of the range of ``length`` candles that lies below the close, from 0 to 1."""
    top = high.rolling(length).max()
    bottom = low.rolling(length).min()
    return (close - bottom) / (top - bottom).where(top > bottom)


RANGE_SHARE = function_indicator(
    name="RANGE_SHARE",
    function=range_share,
    title="Share of the range below the close",
    inputs=("high", "low", "close"),
    params=(
        Param(
            name="length",
            kind="int",
            default=20,
            low=2,
            high=1000,
            description="Candles in the range",
        ),
    ),
)
