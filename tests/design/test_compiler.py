"""What the compiler writes: readable, clean, harmless, the same every time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.layout import WIDTH
from freqgen.design.model import Design
from tests.design.running import load_strategy
from tests.design.test_checked import changed
from tests.oracle.designs import designs

CATALOGUE = Catalogue(builtin_indicators())
HERE = Path(__file__).parent


def compiled(**fields: Any) -> str:
    """Source of the example with other fields."""
    return compile_design(check_design(Design.from_data(changed(**fields)), CATALOGUE))


def test_the_reference_case_reads_well() -> None:
    """The whole text of one strategy, to be read by people when it changes.

    ``python -m tests.design.test_compiler`` writes it anew.
    """
    assert _reference() == (HERE / "reference_case.txt").read_text(encoding="utf-8")


def _reference() -> str:
    text = (HERE / "reference_case.json").read_text(encoding="utf-8")
    return compile_design(check_design(Design.from_json(text), CATALOGUE))


def test_ruff_is_content(tmp_path: Path) -> None:
    """Compiled strategies are clean by the rules that careful projects use."""
    for data in designs(7, 120, CATALOGUE):
        design = Design.from_data(data)
        source = compile_design(check_design(design, CATALOGUE))
        (tmp_path / f"{design.name}.py").write_text(source, encoding="utf-8")
    result = subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"),
            *("--line-length", str(WIDTH), "--output-format", "concise"),
            *("--select", "E,F,W,I,UP,B,C4,SIM,RET,N,PIE", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.strip() == "All checks passed!", result.stdout + result.stderr


def test_compiling_again_gives_the_same() -> None:
    """The text depends on the design alone, so it can be recognised."""
    assert compiled() == compiled()


ATTRIBUTES = [
    ({"stoploss": -0.05}, {"stoploss": -0.05, "minimal_roi": {}, "max_open_trades": 3}),
    ({"stoploss": -0.05, "take_profit": 0.1}, {"minimal_roi": {"0": 0.1}}),
    ({"stoploss": -0.05, "roi": {"60": 0.02, "0": 0.1}}, {"minimal_roi": {"0": 0.1, "60": 0.02}}),
    (
        {"stoploss": -0.05, "trailing": {"ratio": 0.02}},
        {"trailing_stop": True, "trailing_stop_positive": 0.02, "use_custom_stoploss": False},
    ),
    (
        {"stoploss": -0.05, "trailing": {"ratio": 0.02, "offset": 0.03}},
        {"trailing_stop_positive_offset": 0.03, "trailing_only_offset_is_reached": True},
    ),
    (
        {"stoploss": -0.05, "stop_atr": {"multiple": 2}},
        {"use_custom_stoploss": True, "trailing_stop": False},
    ),
    ({"stoploss": -0.05, "max_open_trades": 7}, {"max_open_trades": 7}),
    (
        {
            "stoploss": -0.05,
            "leverage": 3,
            "roi": {"0": 0.1, "90": -1},
            "trailing": {"ratio": 0.02, "offset": 0.03},
        },
        {
            "stoploss": -0.15,
            "minimal_roi": {"0": 0.3, "90": -1},
            "trailing_stop_positive": 0.06,
            "trailing_stop_positive_offset": 0.09,
        },
    ),
    (
        {"stoploss": -0.05, "protections": [{"method": "CooldownPeriod", "stop_duration": 60}]},
        {"protections": [{"method": "CooldownPeriod", "stop_duration": 60}]},
    ),
]


@pytest.mark.parametrize(
    ("risk", "wanted"),
    ATTRIBUTES,
    ids=["+".join(list(risk)[1:]) or "none" for risk, _ in ATTRIBUTES],
)
def test_attributes(risk: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Risk becomes Freqtrade's own attributes; ratios of the price become those of the stake."""
    strategy = load_strategy(compiled(risk=risk), "Example")
    assert {name: getattr(strategy, name) for name in wanted} == wanted


def test_interface() -> None:
    """The class says what Freqtrade wants to know."""
    strategy = load_strategy(compiled(timeframe="4h", can_short=True), "Example")
    assert strategy.INTERFACE_VERSION == 3
    assert strategy.timeframe == "4h"
    assert strategy.can_short is True
    assert strategy.startup_candle_count > 70
    assert strategy.plot_config == {
        "main_plot": {"bb_lower": {}},
        "subplots": {"rsi": {"rsi": {}}},
    }


def test_parameters() -> None:
    """Parameters become Freqtrade's, with their space."""
    parameters = [
        {"name": "low_rsi", "low": 10, "high": 40, "default": 30},
        {
            "name": "factor",
            "kind": "decimal",
            "low": 0.9,
            "high": 1,
            "default": 0.95,
            "decimals": 2,
        },
        {"name": "share", "kind": "real", "low": 0.1, "high": 0.9, "default": 0.5, "space": "sell"},
    ]
    source = compiled(parameters=parameters, entry_long=["rsi < low_rsi * factor - share"])
    assert 'low_rsi = IntParameter(10, 40, default=30, space="buy")' in source
    assert 'factor = DecimalParameter(0.9, 1.0, default=0.95, decimals=2, space="buy")' in source
    assert 'share = RealParameter(0.1, 0.9, default=0.5, space="sell")' in source
    assert 'dataframe["rsi"] < self.low_rsi.value * self.factor.value - self.share.value' in source


TAGS = [
    (["rsi < 30"], ["rsi < 30"]),
    (["rsi < 30", "close < bb.lower"], ["rsi < 30 and close < bb.lower"]),
    (["rsi < 30 or rsi > 90"], ["rsi < 30", "rsi > 90"]),
    (
        ["rsi < 30 or rsi > 90", "close > open"],
        ["rsi < 30 and close > open", "rsi > 90 and close > open"],
    ),
    (
        ["rsi < 1 or rsi > 2 or rsi > 3", "close > 1 or close > 2"],
        ["(rsi < 1 or rsi > 2 or rsi > 3) and (close > 1 or close > 2)"],
    ),
]


@pytest.mark.parametrize(("rules", "tags"), TAGS, ids=[" & ".join(rules) for rules, _ in TAGS])
def test_tags_name_the_rule_that_fired(rules: list[str], tags: list[str]) -> None:
    """Each alternative has its tag; the first one is written last, so that it wins."""
    source = compiled(entry_long=rules)
    found = [line.split('(1, "')[1][:-2] for line in source.splitlines() if "] = (1, " in line]
    assert found == tags[::-1]


HOSTILE = [
    'quotes """ and more',
    'ends with a quote"',
    "ends with a backslash\\",
    "\\N{BULLET} \\x00 \\u202e",
    '"""\nimport os\nos.system("true")\n"""',
    "tabs\tand\nnew lines\r\nand \x0b form feeds \x0c",
    "right-to-left \u202e and zero-width \u200b",
    "# type: ignore  # noqa  # mypy: ignore-errors",
    "ünïcödé → fine",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hypothesis_stays_text(text: str) -> None:
    """Nothing that is written into the docstring becomes code."""
    plain, hostile = ast.parse(compiled(hypothesis="x")), ast.parse(compiled(hypothesis=text))
    assert _without_docstrings(plain) == _without_docstrings(hostile)
    assert "\u202e" not in compiled(hypothesis=text)


@given(st.text(max_size=200))
def test_any_hypothesis_compiles(text: str) -> None:
    """No text breaks the module, or becomes a part of it."""
    plain, any_text = ast.parse(compiled(hypothesis="x")), ast.parse(compiled(hypothesis=text))
    assert _without_docstrings(plain) == _without_docstrings(any_text)


def _without_docstrings(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and isinstance(node.body[0], ast.Expr):
            node.body[0].value = ast.Constant("")
    return ast.dump(tree)


if __name__ == "__main__":
    (HERE / "reference_case.txt").write_text(_reference(), encoding="utf-8")
