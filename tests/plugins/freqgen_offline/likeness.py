"""Whether two designs say the same, whatever they call their indicators and however they put it.

Both are written in one normal form: indicators by what they are, every comparison with "<", what
is equal by the meaning of the rules (``docs/reference/expressions.md``) the same way. Nothing here
uses the code that reads briefs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from freqgen import TIMEFRAMES, Catalogue, Design
from freqgen.design.indicators_builtin import builtin_indicators

RULES = ("entry_long", "exit_long", "entry_short", "exit_short")

_FORMS = re.compile(
    r"(?P<function>\w+)(?:\((?P<params>[^)]*)\))?(?: @ (?P<frame>\w+))?(?: of (?P<pair>\S+))?"
    r"(?: from (?P<source>\S+))?"
)


@dataclass(frozen=True, kw_only=True)
class Idea:
    """A brief and the design that it means.

    :param uses: Indicators in shorthand: ``STOCH(14, 3, 0, 3, 0)``, ``EMA(200) @ 4h``,
        ``PRICE @ 4h of BTC/USDT``, ``SMA(9) from rsi``. Parameters stand in the catalogue's order.
    :param timeframe: Empty where the brief leaves it open, as risk without a stop does.
    """

    id: str
    text: str
    timeframe: str = ""
    uses: Mapping[str, str] = field(default_factory=dict)
    entry_long: Sequence[str] = ()
    exit_long: Sequence[str] = ()
    entry_short: Sequence[str] = ()
    exit_short: Sequence[str] = ()
    risk: Mapping[str, Any] = field(default_factory=dict)

    @property
    def design(self) -> dict[str, Any]:
        """The fields of a design that the brief decides."""
        data: dict[str, Any] = {name: list(getattr(self, name)) for name in RULES}
        data["indicators"] = [_spec(name, told) for name, told in self.uses.items()]
        data["risk"] = dict(self.risk)
        return data | ({"timeframe": self.timeframe} if self.timeframe else {})


def _spec(name: str, told: str) -> dict[str, Any]:
    form = _FORMS.fullmatch(told)
    assert form is not None, told
    params = [float(p) for p in (form["params"] or "").split(",") if p.strip()]
    names = [p.name for p in _catalogue().get(form["function"]).params]
    if form["function"] == "BBANDS":
        params = [*params[:2], params[1], 0.0]
    spec: dict[str, Any] = {"id": name, "function": form["function"]}
    spec["params"] = dict(zip(names, params, strict=False))
    spec |= {"timeframe": form["frame"]} if form["frame"] else {}
    spec |= {"pair": form["pair"]} if form["pair"] else {}
    return spec | ({"source": form["source"]} if form["source"] else {})


@cache
def _catalogue() -> Catalogue:
    return Catalogue(builtin_indicators())


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """In what a design differs from the one that was meant; empty where it says the same.

    :param wanted: Fields that are decided; a timeframe and a stop may be left out.
    :param found: A whole design, as JSON values.
    """
    told = []
    if "timeframe" in wanted and wanted["timeframe"] != found["timeframe"]:
        told.append(f"timeframe: {found['timeframe']} and not {wanted['timeframe']}")
    frame = str(found["timeframe"])
    for name in RULES:
        meant, got = (_rules(data, name, frame) for data in (wanted, found))
        if meant != got:
            lacks, more = sorted(meant - got), sorted(got - meant)
            told.append(f"{name}: lacks {lacks}, has {more}")
    meant_risk, risk = (_risk(data, frame) for data in (wanted, found))
    if "stoploss" not in meant_risk:
        risk.pop("stoploss", None)
    if meant_risk != risk:
        told.append(f"risk: {risk} and not {meant_risk}")
    return told


def _rules(data: Mapping[str, Any], name: str, frame: str) -> frozenset[str]:
    normal = _Normal(data, frame)
    rules: set[str] = set()
    for text in data.get(name, ()):
        rules |= normal.conjuncts(ast.parse(text, mode="eval").body)
    return frozenset(rules)


def _risk(data: Mapping[str, Any], frame: str) -> dict[str, Any]:
    """The fields that are not as they are by default, in one form each."""
    given = dict(data.get("risk", {}))
    some = {"name": "AnyOne", "timeframe": frame, "entry_long": ["close > open"]}
    full = {**some, "risk": {"stoploss": -0.5, **given}}
    risk = Design.from_data(full).to_data()["risk"]
    usual = Design.from_data({**full, "risk": {"stoploss": -0.5}}).to_data()["risk"]
    found = {k: v for k, v in risk.items() if v != usual[k] or k in {"stoploss"} & {*given}}
    if "take_profit" in found:
        found["roi"] = {"0": found.pop("take_profit")}
    if "target" in found:
        found["target"] = _Normal(data, frame).text(ast.parse(found["target"], mode="eval").body)
    if isinstance(holding := found.get("max_holding"), dict):
        found["max_holding"] = int(holding["candles"]) * TIMEFRAMES[frame]
    elif holding is not None:
        units = {"m": 1, "h": 60, "d": 1440, "w": 10080}
        found["max_holding"] = int(holding[:-1]) * units[holding[-1]]
    return found


class _Normal:
    """Expressions of one design in normal form."""

    def __init__(self, data: Mapping[str, Any], frame: str) -> None:
        self.frame = frame
        self.specs = {spec["id"]: spec for spec in data.get("indicators", ())}

    # --- conditions

    def conjuncts(self, node: ast.expr, back: int = 0) -> set[str]:
        """What must hold together, with everything ``back`` candles earlier."""
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return set().union(*(self.conjuncts(value, back) for value in values))
            case ast.BoolOp(values=values):
                parts = {" and ".join(sorted(self.conjuncts(v, back))) for v in values}
                return {f"({' or '.join(sorted(parts))})" if len(parts) > 1 else parts.pop()}
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.conjuncts(_denied(inner), back)
            case ast.Compare():
                return self._compared(node, back)
            case ast.Call(func=ast.Name(id="shift"), args=[inner, ast.Constant(value=count)]):
                return self.conjuncts(inner, back + int(str(count)))
            case ast.Call(func=ast.Name(id="crosses_below"), args=[a, b]):
                return {f"crosses({self.text(b, back)}, {self.text(a, back)})"}
            case ast.Call(func=ast.Name(id="crosses_above"), args=[a, b]):
                return {f"crosses({self.text(a, back)}, {self.text(b, back)})"}
            case _:
                return {self.text(node, back)}

    def _compared(self, node: ast.Compare, back: int) -> set[str]:
        found: set[str] = set()
        lefts = [node.left, *node.comparators]
        for left, op, right in zip(lefts, node.ops, node.comparators, strict=False):
            found |= self._pair(left, type(op).__name__, right, back)
        return found

    def _pair(self, left: ast.expr, op: str, right: ast.expr, back: int) -> set[str]:
        if op in {"Gt", "GtE"}:
            return self._pair(right, {"Gt": "Lt", "GtE": "LtE"}[op], left, back)
        if op in {"Lt", "LtE"}:
            if (lasting := self._lasting(left, op, right, back)) is not None:
                return lasting
            if _calls(right, "min"):
                return set().union(*(self._pair(left, op, a, back) for a in right.args))  # type: ignore[attr-defined]
            if _calls(left, "max"):
                return set().union(*(self._pair(a, op, right, back) for a in left.args))  # type: ignore[attr-defined]
        a, b = self.text(left, back), self.text(right, back)
        if op in {"Eq", "NotEq"}:
            if "SUPERTREND" in a and a.endswith(".direction"):
                return {f"0 < {a}" if b == "1" else f"{a} < 0"}
            return {f"{min(a, b)} {'==' if op == 'Eq' else '!='} {max(a, b)}"}
        whole = next((k for k in ("hour()", "weekday()", "bars_since") if k in a + b), "")
        if whole and op == "LtE" and a.startswith(whole):
            return {f"{a} < {float(b) + 1:g}"}
        if whole and op == "Lt" and b.startswith(whole):
            return {f"{float(a) + 1:g} <= {b}"}
        return {f"{a} {'<' if op == 'Lt' else '<='} {b}"}

    def _lasting(self, left: ast.expr, op: str, right: ast.expr, back: int) -> set[str] | None:
        """The highest of some below a level is each of them below it."""
        for one, function in ((left, "highest"), (right, "lowest")):
            other = right if one is left else left
            number = isinstance(other, ast.Constant | ast.UnaryOp)
            if not _calls(one, function) or not number:
                continue
            inner, count = one.args  # type: ignore[attr-defined]
            zero = isinstance(other, ast.Constant) and other.value == 0
            found: set[str] = set()
            for candle in range(int(count.value)):
                pair: tuple[ast.expr, ast.expr] = (inner, other)
                if zero and isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
                    pair = inner.left, inner.right
                pair = pair if one is left else (pair[1], pair[0])
                found |= self._pair(pair[0], op, pair[1], back + candle)
            return found
        return None

    # --- values

    def text(self, node: ast.expr, back: int = 0) -> str:
        """A value, ``back`` candles earlier."""
        match node:
            case ast.Constant(value=value):
                return f"{float(str(value)):g}"
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return f"-{self.text(inner, back)}"
            case ast.Name(id=name):
                return _earlier(self._named(name, ""), back)
            case ast.Attribute(value=ast.Name(id=name), attr=output):
                return _earlier(self._named(name, output), back)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.text(left, back), self.text(right, back)
                sign = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/"}[type(op).__name__]
                if sign in "+*":
                    a, b = sorted((a, b))
                return f"({a} {sign} {b})"
            case ast.Call(func=ast.Name(id="shift"), args=[inner, ast.Constant(value=count)]):
                return self.text(inner, back + int(str(count)))
            case ast.Call(func=ast.Name(id=function), args=args):
                told = [
                    " and ".join(sorted(self.conjuncts(a)))
                    if function == "bars_since"
                    else self.text(a)
                    for a in args
                ]
                told = sorted(told) if function in {"min", "max"} else told
                return _earlier(f"{function}({', '.join(told)})", back)
            case _:
                return " and ".join(sorted(self.conjuncts(node, back)))

    def _named(self, name: str, output: str) -> str:
        spec = self.specs.get(name)
        if spec is None:
            return name
        function, params = spec["function"], dict(spec.get("params") or {})
        usual = {p.name: p.default for p in _catalogue().get(function).params}
        numbers = ", ".join(f"{float(params.get(k, v)):g}" for k, v in usual.items())
        source = spec.get("source")
        frame = spec.get("timeframe") or self.frame
        elsewhere = f" @ {frame}" if frame != self.frame or spec.get("pair") else ""
        elsewhere += f" of {spec['pair']}" if spec.get("pair") else ""
        of = self._named(*[*str(source).split("."), ""][:2]) if source else ""
        if not elsewhere:
            period = params.get("timeperiod", usual.get("timeperiod"))
            if function == "SMA" and of:
                return f"mean({of}, {float(period):g})"
            if function == "ZSCORE":
                return f"zscore({of or 'close'}, {float(period):g})"
            if function == "DONCHIAN" and output in {"upper", "lower"}:
                side = ("highest", "high") if output == "upper" else ("lowest", "low")
                return f"{side[0]}({side[1]}, {float(period):g})"
        if function in {"SMA", "EMA"} and params.get("timeperiod") == 1:
            function, numbers = "PRICE", ""
        return f"{function}({numbers}){elsewhere}{f' from {of}' if of else ''}" + (
            f".{output}" if output else ""
        )


def _calls(node: ast.expr, function: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
        node.func.id == function
    )  # fmt: skip


def _earlier(text: str, back: int) -> str:
    return f"shift({text}, {back})" if back else text


def _denied(node: ast.expr) -> ast.expr:
    """The opposite of a condition, with "not" only before what cannot be turned round."""
    opposite: dict[type[ast.cmpop], type[ast.cmpop]] = {
        ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
        ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    }  # fmt: skip
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return ast.Compare(left, [opposite[type(op)]()], [right])
        case ast.BoolOp(op=op, values=values):
            turned = ast.Or() if isinstance(op, ast.And) else ast.And()
            return ast.BoolOp(turned, [_denied(value) for value in values])
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return inner
        case _:
            return ast.Call(ast.Name("denied"), [node], [])
