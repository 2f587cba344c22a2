"""The expression language: what is read, what is refused, and where the fault is said to be."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import DesignError
from freqgen.design.expressions import FUNCTIONS, Column, Kind, Node, Scope, scalar_range, walk
from freqgen.design.parser import parse, parse_rule
from freqgen.design.unparse import unparse

SCOPE = Scope(
    outputs={"rsi": ("value",), "bb": ("upper", "middle", "lower"), "ema_50": ("value",)},
    parameters={"limit": (10.0, 40.0), "shift_by": (-1.0, 1.0)},
)

READ = [
    ("close", Kind.SERIES),
    ("30", Kind.SCALAR),
    ("limit * 2", Kind.SCALAR),
    ("-close", Kind.SERIES),
    ("+close", Kind.SERIES),
    ("close + 1", Kind.SERIES),
    ("limit > 20", Kind.FACT),
    ("rsi < 30", Kind.CONDITION),
    ("rsi < limit", Kind.CONDITION),
    ("20 < rsi < limit", Kind.CONDITION),
    ("rsi < 30 and limit > 20", Kind.CONDITION),
    ("not (limit > 20)", Kind.FACT),
    ("bb.lower / bb.upper", Kind.SERIES),
    ("shift(close, 0)", Kind.SERIES),
    ("shift(rsi < 30, 2)", Kind.CONDITION),
    ("crosses_above(close, bb.lower)", Kind.CONDITION),
    ("crosses_below(70, rsi)", Kind.CONDITION),
    ("highest(high - low, 20)", Kind.SERIES),
    ("rising(close, 3)", Kind.CONDITION),
    ("bars_since(rsi < 30)", Kind.SERIES),
    ("min(close, open, 3)", Kind.SERIES),
    ("max(limit, 3)", Kind.SCALAR),
    ("abs(limit)", Kind.SCALAR),
    ("hour() >= 8 and weekday() != 5", Kind.CONDITION),
    ("close / limit", Kind.SERIES),
]


@pytest.mark.parametrize(("text", "kind"), READ, ids=[text for text, _ in READ])
def test_kinds(text: str, kind: Kind) -> None:
    """Every expression has a type."""
    assert parse(text, SCOPE).root.kind is kind


REFUSED = [
    ("", 0, "empty", ""),
    ("rsii < 30", 0, 'unknown name "rsii"', "rsi"),
    ("close < RSI", 8, 'unknown name "RSI"', "rsi"),
    ("close < bb", 8, '"bb" has several outputs', "bb.upper, bb.middle, bb.lower"),
    ("close < bb.lowr", 8, 'unknown name "bb.lowr"', "bb.lower"),
    ("rsi.value < 3", 0, '"rsi" has one output', "write rsi"),
    ("macd.line > 0", 0, 'unknown name "macd.line"', ""),
    ("rsi < 30 & close > 1", 6, 'the operator "&"', "write and"),
    ("rsi < 30 | close > 1", 6, 'the operator "|"', "write or"),
    ("~(rsi < 30)", 0, 'the operator "~"', "write not"),
    ("close ** 2 > 1", 0, 'the operator "**"', "multiply"),
    ("close % 2 > 1", 0, 'the operator "%"', "0.02"),
    ("rsi < 30 AND close > 1", 9, "cannot be read", "small letters"),
    ("rsi = 30", 4, "cannot be read", "write =="),
    ("rsi < 30 && close > 1", 10, "cannot be read", "write and"),
    ("rsi <", 4, "cannot be read", ""),
    ("rsi < 30)", 8, "cannot be read", ""),
    ("(rsi < 30", 0, "cannot be read", ""),
    ("close[1] > 2", 0, "not part of the language", "shift(x, 1)"),
    ("'a' < close", 0, "not part of the language", ""),
    ("close if rsi else open", 0, "not part of the language", ""),
    ("lambda: close", 0, "not part of the language", ""),
    ("close.__class__ > 1", 0, "unknown name", ""),
    ("(close).shift(1) > 1", 0, "only functions of the language", ""),
    ("True", 0, "True is not a rule", ""),
    ("rsi is close", 0, "only < <= > >= == != compare", ""),
    ("rsi in (1, 2)", 7, "not part of the language", ""),
    ("shift(close, -1) > close", 13, "looks into the future", "from 0"),
    ("shift(close, n=1) > close", 0, "arguments have no names", "shift(x, n)"),
    ("shift(close) > close", 0, "shift takes 2 arguments, 1 given", ""),
    ("shift(close, limit) > 1", 13, "n must be a whole number from 0", ""),
    ("shift(close, 1.5) > 1", 13, "n must be a whole number from 0", ""),
    ("highest(high, 0) > 1", 14, "n must be a whole number from 1", ""),
    ("zscore(close, 1) > 1", 14, "n must be a whole number from 2", ""),
    ("mean(close, 9999999) > 1", 12, "n must be a whole number from 1 to", ""),
    ("mean(limit, 3) > close", 5, "mean needs a number for every candle", ""),
    ("bars_since(close) > 3", 11, "bars_since needs true or false", ""),
    ("crosses_above(30, 40)", 0, "never cross", ""),
    ("crosses_above(limit, 40)", 0, "never cross", ""),
    ("sma(close, 3) > 1", 0, 'unknown function "sma"', ""),
    ("rsi(14) < 30", 0, "is an indicator, not a function", "write rsi alone"),
    ("highst(high, 3) > 1", 0, 'unknown function "highst"', "highest(x, n)"),
    ("highest > 3", 0, '"highest" is a function', "highest(x, n)"),
    ("(rsi < 30) + 1 > 2", 1, "a number is needed here", ""),
    ("not close", 4, "a condition is needed here", ""),
    ("rsi and close", 0, "a condition is needed here", ""),
    ("1 < 2", 0, "two fixed numbers are compared", ""),
    ("close / 0 > 1", 8, "divide by zero", ""),
    ("close / shift_by > 1", 8, "divide by zero", ""),
    ("close > 1e400", 8, "out of range", ""),
    ("close > £1", 8, "unexpected character", ""),
    ("close\n> 1", 5, "unexpected character", ""),
    ("(" * 80 + "close" + ")" * 80, 60, "nested too deeply", ""),
    ("close + " * 400 + "1", 0, "at most 1,000 are read", ""),
]


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"), REFUSED, ids=[text[:40] for text, *_ in REFUSED]
)
def test_refused(text: str, position: int, message: str, hint: str) -> None:
    """What is refused is refused at its place, with a way out."""
    with pytest.raises(DesignError) as caught:
        parse(text, SCOPE, path="entry_long[0]")
    assert message in caught.value.reason
    assert caught.value.position == position
    assert hint in caught.value.hint
    assert caught.value.path == "entry_long[0]"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("close", "a number for every candle"), ("30", "one number"), ("limit > 3", "the same for")],
)
def test_a_rule_is_a_condition(text: str, kind: str) -> None:
    """A number, or something that never changes, is no rule."""
    with pytest.raises(DesignError, match=kind):
        parse_rule(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3", 3, 3),
        ("limit", 10, 40),
        ("-limit", -40, -10),
        ("limit + 1", 11, 41),
        ("1 - limit", -39, -9),
        ("limit * -2", -80, -20),
        ("80 / limit", 2, 8),
        ("abs(shift_by)", 0, 1),
        ("abs(limit - 50)", 10, 40),
        ("min(limit, 20)", 10, 20),
        ("max(limit, 20, 30)", 30, 40),
    ],
)
def test_range_of_a_scalar(text: str, low: float, high: float) -> None:
    """The range over all values of the parameters, which guards divisions."""
    assert scalar_range(parse(text, SCOPE).root) == (low, high)


def _numbers() -> st.SearchStrategy[str]:
    atoms = st.sampled_from(["close", "rsi", "bb.lower", "limit", "30", "0.5", "hour()"])
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner),
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
            st.builds("-{}".format, atoms),
            st.builds("shift(close + {}, 2)".format, inner),
            st.builds("max({}, {})".format, inner, inner),
        ),
        max_leaves=6,
    )


def _conditions() -> st.SearchStrategy[str]:
    compared = st.builds(
        "close + {} {} {}".format, _numbers(), st.sampled_from(["<", ">=", "!="]), _numbers()
    )
    return st.recursive(
        compared,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("not ({})".format, inner),
            st.builds("shift({}, 1)".format, inner),
            st.builds("bars_since({}) < 3".format, inner),
        ),
        max_leaves=5,
    )


@given(_conditions())
def test_unparse_gives_the_same_tree(text: str) -> None:
    """What is written from a tree is read as that tree."""
    root = parse_rule(text, SCOPE).root
    assert parse_rule(unparse(root), SCOPE).root == root


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text crashes the parser."""
    try:
        expression = parse(text, SCOPE)
    except DesignError:
        return
    assert isinstance(expression.root, Node)


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@given(_conditions())
def test_all_names_are_kept(text: str) -> None:
    """No operand is lost on the way into the tree."""
    root = parse_rule(text, SCOPE).root
    columns = {node.name.split(".")[0] for node in walk(root) if isinstance(node, Column)}
    assert columns == _names(ast.parse(text, mode="eval")) & {"close", "rsi", "bb"}


def test_functions_are_documented() -> None:
    """Every function says how it is written and what it means."""
    for name, function in FUNCTIONS.items():
        assert function.usage.startswith(f"{name}(")
        assert function.meaning
