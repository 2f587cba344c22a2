"""Why a backtest cannot be had, in words for a person.

What Freqtrade says in the engine's process is believed. What a worker says may be the strategy's
invention: it is believed only where this process finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from freqtrade.configuration import TimeRange

from freqgen.evaluation import faults
from freqgen.evaluation.candle_source import kind_of
from freqgen.evaluation.remarks import first_line
from freqgen.evaluation.setting import Setting
from freqgen.evaluation.view import Source
from freqgen.exceptions import DataMissing, EngineError, FreqgenException, UsageError


def refused(setting: Setting, name: str, request: Mapping[str, Any], text: str) -> FreqgenException:
    """What Freqtrade's own words mean."""
    if text.startswith("No data left after adjusting"):
        return DataMissing(
            f"the candles that {name} needs before its first signal take up the whole period",
            hint=f"take a longer timerange, or earlier candles: {request['download']}",
        )
    if text.startswith("No data found"):
        asked = f" in the timerange {request['timerange']}" if request["timerange"] else ""
        return DataMissing(
            f"there are no {request['timeframe']} candles of "
            f"{', '.join(request['pairs'][:5])}{asked}",
            hint=str(request["download"]),
        )
    if text.startswith("Short strategies cannot run in spot"):
        return UsageError(
            f"{name} goes short, which spot markets do not allow",
            hint='set "trading_mode": "futures" and "margin_mode": "isolated"',
        )
    if text.startswith("No pair in whitelist") or "is not available as stake" in text:
        if listed := setting.config["exchange"].get("pair_blacklist"):
            return UsageError(
                f"none of the pairs is both traded against {request['stake_currency']} on the "
                f"exchange and allowed by the pair_blacklist ({', '.join(listed)})",
                hint="choose other pairs, or change the section 'exchange'",
            )
        return UsageError(
            f"none of the pairs is traded against {request['stake_currency']} on the exchange",
            hint="choose other pairs, or another stake_currency in the configuration",
        )
    return EngineError(f"Freqtrade could not backtest {name}: {first_line(text)}")


def failed(
    setting: Setting,
    name: str,
    request: Mapping[str, Any],
    said: Mapping[str, Any],
    source: Source,
) -> FreqgenException:
    """What it means that a strategy's process failed.

    :param said: Its message ``failed``.
    :param source: All candles.
    """
    text = str(said.get("message", ""))
    own_code = said.get("line") is not None
    if text.startswith("No data found"):
        believed = not _any_candles(request, source)
    elif text.startswith("Short strategies cannot run in spot"):
        believed = "can_short" in str(request["source"])
    else:
        believed = not own_code
    meaning = refused(setting, name, request, text)
    if believed and not isinstance(meaning, EngineError):
        return meaning
    return faults.raised(faults.of_failure(name, said))


def _any_candles(request: Mapping[str, Any], source: Source) -> bool:
    """Whether there is a candle in the period that was asked for."""
    period: Any = TimeRange.parse_timerange(request["timerange"] or None)
    for pair in request["pairs"]:
        dates = source.load(pair, request["timeframe"], kind_of(pair)).get("date")
        if dates is None:
            continue
        if period.startdt is not None:
            dates = dates[dates >= period.startdt]
        if period.stopdt is not None:
            dates = dates[dates <= period.stopdt]
        if len(dates):
            return True
    return False
