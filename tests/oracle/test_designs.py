"""The generated designs are valid, repeatable, and leave nothing of the language unused."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design

from .designs import MARKETS, RISKS, Coverage, coverage, designs
from .interpreter import interpret_both

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("designs")  # they are made once

COUNT = 500
CANDLES = 400


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(builtin_indicators())


@pytest.fixture(scope="module")
def made(catalogue: Catalogue) -> list[dict[str, Any]]:
    return list(designs(1, COUNT, catalogue))


@pytest.fixture(scope="module")
def used(made: list[dict[str, Any]], catalogue: Catalogue) -> Coverage:
    return coverage(made, catalogue)


def test_each_is_a_valid_design(made: list[dict[str, Any]]) -> None:
    assert len(made) == COUNT
    assert len({data["name"] for data in made}) == COUNT
    for data in made:
        Design.model_validate(data)


def test_a_seed_repeats(catalogue: Catalogue, made: list[dict[str, Any]]) -> None:
    assert list(designs(1, 20, catalogue)) == made[:20]
    assert list(designs(2, 20, catalogue)) != made[:20]


def test_every_output_of_the_catalogue_is_used(used: Coverage, catalogue: Catalogue) -> None:
    every = {(entry.name, output.name) for entry in catalogue for output in entry.outputs}
    assert every - used.outputs == set()


def test_the_whole_language_is_used(used: Coverage) -> None:
    assert used.functions == {
        *("abs", "bars_since", "change", "crosses_above", "crosses_below", "falling", "highest"),
        *("hour", "lowest", "max", "mean", "min", "rising", "shift", "std", "weekday", "zscore"),
    }
    assert used.operators == {
        *("Add", "Sub", "Mult", "Div", "USub"),
        *("Lt", "LtE", "Gt", "GtE", "Eq", "NotEq"),
        *("And", "Or", "Not"),
    }


def test_every_form_is_used(used: Coverage) -> None:
    assert used.risks == set(RISKS)
    informative = {f"informative {pair or 'own pair'} {frame}" for pair, frame in MARKETS}
    kinds = {f"{k} parameter of {s}" for k in ("int", "decimal", "real") for s in ("buy", "sell")}
    assert used.features == {
        *informative,
        *kinds,
        "chained comparison",
        "fact beside and",
        "fact beside or",
        "short and long",
        "short only",
        "source: column",
        "source: indicator",
        "source: output",
    }


def _walk(dice: random.Random, volatility: float) -> Iterator[float]:
    value = 100.0
    while True:
        value *= dice.lognormvariate(0, volatility)
        yield round(value, 2)


def test_rules_fire_on_some_candles_and_edges_are_few(made: list[dict[str, Any]]) -> None:
    """With random walks for indicators; patterns are mostly zero."""
    dice = random.Random(3)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    walks = [_walk(dice, 0.01) for _ in range(4)]
    closes = [sorted(next(walk) for walk in walks) for _ in range(CANDLES)]
    frame: dict[str, list[Any]] = {
        "date": [start + timedelta(hours=i) for i in range(CANDLES)],
        "low": [row[0] for row in closes],
        "open": [row[1] for row in closes],
        "close": [row[2] for row in closes],
        "high": [row[3] for row in closes],
        "volume": [round(dice.lognormvariate(5, 1), 3) for _ in range(CANDLES)],
    }
    sometimes = edges = total = 0
    for data in made[::10]:
        design = Design.model_validate(data)
        values: dict[str, list[float | None]] = {}
        for spec in design.indicators:
            pattern = spec.function.startswith("CDL")
            walk = _walk(dice, 0.02)
            for name in (spec.id, *_outputs(data, spec.id)):
                values[name] = [
                    float(dice.choice((0, 0, 0, 0, 100, -100))) if pattern else next(walk)
                    for _ in range(CANDLES)
                ]
        signals, margins = interpret_both(design, frame, values)
        for name, field in (("enter_long", design.entry_long), ("enter_short", design.entry_short)):
            if field:
                total += 1
                sometimes += 0 < sum(signals[name]) < 0.95 * CANDLES
        assert not any(signals["exit_short"]) or design.can_short
        edges += sum(map(sum, margins.values()))
    assert sometimes > 0.8 * total
    assert edges < 0.005 * CANDLES * 4 * len(made[::10])


def _outputs(data: dict[str, Any], ident: str) -> list[str]:
    """Names ``id.output`` in the rules of a design."""
    text = " ".join(rule for key in data if key.startswith(("entry", "exit")) for rule in data[key])
    words = text.replace("(", " ").replace(")", " ").replace(",", " ").replace("-", " ").split()
    return sorted({word for word in words if word.startswith(f"{ident}.")})
