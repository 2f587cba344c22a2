"""A design in plain words, for people who read it before or after it is code."""

from __future__ import annotations

from freqgen.design.binding import BoundIndicator
from freqgen.design.checked import CheckedDesign
from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Comparison,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
)
from freqgen.design.model import Design
from freqgen.design.risk import Candles, Risk, TrailingRatio

_COMPARED = {
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "==": "equals",
    "!=": "differs from",
}


def number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:.10g}"


def percent(ratio: float) -> str:
    """A ratio as per cent, as in ``2 %``."""
    return f"{number(round(ratio * 100, 8))} %"


def say(node: Node) -> str:
    """An expression in words."""
    match node:
        case Number(value=value):
            return number(value)
        case Column(name=name) | Parameter(name=name):
            return name
        case Negative(operand=operand):
            return f"minus {_operand(operand)}"
        case Arithmetic(operator=sign, left=left, right=right):
            word = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}[sign]
            return f"{_operand(left)} {word} {_operand(right)}"
        case Comparison(operator=sign, left=left, right=right):
            return f"{say(left)} {_COMPARED[sign]} {say(right)}"
        case Logic(operator=word, operands=operands):
            return f" {word} ".join(
                f"({say(o)})" if isinstance(o, Logic) else say(o) for o in operands
            )
        case Not(operand=operand):
            return f"not ({say(operand)})"
        case Call():
            return _say_call(node)
    raise TypeError(f"{type(node).__name__} has no words")


def _operand(node: Node) -> str:
    text = say(node)
    return f"({text})" if isinstance(node, Arithmetic | Comparison | Logic | Negative) else text


def _candles(count: int) -> str:
    return "candle" if count == 1 else f"{count} candles"


def _say_call(node: Call) -> str:
    words = [_operand(operand) for operand in node.operands]
    n = node.window
    match node.function:
        case "crosses_above":
            return f"{words[0]} crosses above {words[1]}"
        case "crosses_below":
            return f"{words[0]} crosses below {words[1]}"
        case "shift":
            return words[0] if n == 0 else f"{words[0]} {n} {'candle' if n == 1 else 'candles'} ago"
        case "highest" | "lowest":
            return f"the {node.function} {words[0]} of the last {_candles(n)}"
        case "mean":
            return f"the mean of {words[0]} over {_candles(n)}"
        case "std":
            return f"the standard deviation of {words[0]} over {_candles(n)}"
        case "zscore":
            return f"the z-score of {words[0]} over {_candles(n)}"
        case "change":
            return f"the change of {words[0]} over {_candles(n)}"
        case "rising" | "falling":
            return f"{words[0]} has been {node.function} for {n} {'step' if n == 1 else 'steps'}"
        case "bars_since":
            return f"the number of candles since {words[0]}"
        case "abs":
            return f"the size of {words[0]}"
        case "min" | "max":
            which = "smallest" if node.function == "min" else "largest"
            return f"the {which} of {' and '.join(words)}"
        case "hour":
            return "the hour of the day (UTC)"
        case _:
            return "the weekday (Monday is 0)"


def say_indicator(bound: BoundIndicator) -> str:
    """An indicator with its parameters and where it is computed."""
    params = ", ".join(f"{name}={number(value)}" for name, value in bound.params.items())
    text = f"{bound.spec.id}: {bound.indicator.name}({params})"
    if bound.sources:
        text += f" of {', '.join(bound.sources)}"
    if bound.market is not None:
        pair = f"{bound.market.pair} " if bound.market.pair else ""
        text += f" on {pair}{bound.market.timeframe} candles"
    return text


def say_rules(checked: CheckedDesign) -> list[tuple[str, list[str]]]:
    """Each list of conditions that is not empty: a heading, and its conditions in words.

    Those that the design says in words itself are marked, since nothing holds code to them.
    """
    headings = {
        "entry_long": "Enter long when",
        "exit_long": "Exit long when",
        "entry_short": "Enter short when",
        "exit_short": "Exit short when",
    }
    found = []
    for field, heading in headings.items():
        said = [say(rule.root) for rule in checked.rules[field]]
        said += [f"{sentence} (in words)" for sentence in checked.design.words(field)]
        if said:
            found.append((heading, said))
    return found


def say_risk(design: Design) -> list[str]:
    """The limits of a trade, a line each."""
    risk = design.risk
    lines = [f"stop loss at a move of {percent(-risk.stoploss)} against the trade"]
    if risk.stop_atr:
        lines.append(
            f"stop {number(risk.stop_atr.multiple)} times the ATR({risk.stop_atr.period}) of the "
            "signal candle from the entry, where that is tighter"
        )
    if risk.trailing is not None:
        lines.append(_say_trailing(risk))
    if risk.take_profit is not None:
        lines.append(f"take profit at {percent(risk.take_profit)}, net of fees")
    for minutes, ratio in sorted(risk.roi.items(), key=lambda item: int(item[0])):
        lines.append(f"after {minutes} minutes, take profit at {percent(ratio)}")
    if risk.target is not None:
        lines.append(f"exit when a candle closes at or beyond {risk.target}")
    if isinstance(risk.max_holding, Candles):
        lines.append(f"exit after {risk.max_holding.candles} candles")
    elif risk.max_holding is not None:
        lines.append(f"exit after {risk.max_holding}")
    if risk.risk_per_trade is not None:
        lines.append(
            f"size each trade to lose {percent(risk.risk_per_trade)} of the wallet at its stop"
        )
    lines.append(f"at most {risk.max_open_trades} open trades")
    if risk.leverage != 1:
        lines.append(f"leverage {number(risk.leverage)}")
    lines += [f"protection {entry['method']}" for entry in risk.protections]
    return lines


def _say_trailing(risk: Risk) -> str:
    trailing = risk.trailing
    if isinstance(trailing, TrailingRatio):
        begin = (
            f", once the profit has reached {percent(trailing.offset)}" if trailing.offset else ""
        )
        return f"trailing stop {percent(trailing.ratio)} behind the best price{begin}"
    if trailing is None:
        return ""
    return (
        f"trailing stop {number(trailing.multiple)} times the ATR({trailing.period}) "
        "behind the best close"
    )
