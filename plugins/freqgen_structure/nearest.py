"""The one name that a misspelt or foreign name stands for, where there is just one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

# What libraries call the same thing. A name belongs to one line only.
_SAME = tuple(
    frozenset(line.split())
    for line in (
        "timeperiod period periods length window n span lookback len win timeframe nperiods "
        "numperiods lookbackperiod windowsize lag shift bars candles",
        "fastperiod fast fastlength short shortperiod nfast fastlen fastspan windowfast fastema",
        "slowperiod slow slowlength long longperiod nslow slowlen slowspan windowslow slowema",
        "signalperiod signal signallength smooth nsignal signallen windowsign signalspan",
        "fastkperiod fastk kperiod",
        "fastdperiod fastd",
        "slowkperiod slowk smoothk",
        "slowdperiod slowd",
        "nbdevup devup stdup upperdev updev nbdevupper stddevup nbstdup upstd",
        "nbdevdn nbdevdown devdn devdown stddown lowerdev dndev nbdevlow nbdevlower stddevdn",
        "nbdev stds std stdv numstd nstd deviations stddev multiplier mult numofstd",
        "matype mamode mode kind",
        "price prices field source src col column",
        "acceleration af step acc accelerationfactor af0",
        "maximum max maxaf maxstep maxacceleration",
        "multiplier factor atrs mult",
        "minperiods minperiod minobs",
        "timeframe interval",
        "timeframeinf informativetimeframe inftf inftimeframe timeframeinformative",
        "ffill fillna fill forwardfill",
        "low min lower lowerbound minimum minvalue",
        "high max upper upperbound maximum maxvalue",
        "default value init initial",
        "decimals precision digits",
        "categories choices options values items",
        "openrelativestop openrelativestoploss stoploss stop",
        "currentprofit profit",
        "currentrate rate",
        "isopen open",
        "closedate closeafter closed",
    )
)


def plain(name: str) -> str:
    """A name in small letters without underscores."""
    return name.replace("_", "").lower()


def nearest(name: str, known: Iterable[str], *, synonyms: bool = True) -> str | None:
    """The one of ``known`` that ``name`` must mean; ``None`` where none or several may be.

    :param synonyms: Whether names that mean the same in other libraries count as well.
    """
    options = sorted(set(known) - {name})
    for chosen in (
        [one for one in options if plain(one) == plain(name)],
        _synonyms(name, options) if synonyms else [],
        _closest(name, options),
    ):
        if len(chosen) == 1:
            return chosen[0]
        if chosen:
            return None
    return None


def _synonyms(name: str, options: Collection[str]) -> list[str]:
    groups = [group for group in _SAME if plain(name) in group]
    return [one for one in options if any(plain(one) in group for group in groups)]


def _closest(name: str, options: Collection[str]) -> list[str]:
    """The options with the fewest slips of the keyboard to ``name``, if they are few enough."""
    most = 0 if len(name) < 4 else 1 if len(name) < 8 else 2
    rated = [(distance(plain(name), plain(one)), one) for one in options]
    least = min((slips for slips, _ in rated), default=99)
    return [one for slips, one in rated if slips == least] if least <= most else []


def distance(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour."""
    if abs(len(one) - len(other)) > 3:
        return 99
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            best = min(row[-1] + 1, before[j] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
