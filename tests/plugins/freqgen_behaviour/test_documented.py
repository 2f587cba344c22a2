from __future__ import annotations

import pytest

from freqgen import Design, Phase
from freqgen_behaviour.alive import Alive
from freqgen_behaviour.faithful import Faithful
from freqgen_behaviour.latency import Latency
from freqgen_behaviour.warmup import WarmUp

from .lab import Bench

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

RUNNING = (WarmUp(), Faithful(), Alive(), Latency())

DESIGN = Design.from_data(
    {
        "name": "S",
        "timeframe": "1h",
        "risk": {"stoploss": -0.1},
        "indicators": [{"id": "rsi", "function": "RSI"}],
        "entry_long": ["rsi < 30"],
    }
)

BREAK = "low < shift(lowest(low, 20), 1)"
WORDS = {"entry_long": ["a low under those of the 20 candles before it"]}
DESIGNS = {
    "FG830": (DESIGN, DESIGN),
    "FG831": (
        Design.from_data({**DESIGN.to_data(), "entry_long": [], "in_words": WORDS}),
        Design.from_data({**DESIGN.to_data(), "entry_long": [BREAK]}),
    ),
}
"""The designs of the bad and of the good examples."""

REST = '    stoploss = -0.1\n    minimal_roi = {"0": 1}\n'


@pytest.mark.parametrize("validator", RUNNING, ids=lambda v: v.name)
def test_every_code_is_explained(validator: WarmUp) -> None:
    entries = {entry.code: entry for entry in validator.documentation()}
    assert tuple(entries) == validator.codes
    assert validator.phase is Phase.BEHAVIOUR
    for entry in entries.values():
        assert entry.name == validator.name
        assert entry.why.endswith(".")
        assert entry.bad
        assert entry.good


# Which code is slow depends on the machine.
@pytest.mark.parametrize("validator", RUNNING[:-1], ids=lambda v: v.name)
def test_the_examples_are_true(bench: Bench, validator: WarmUp) -> None:
    for entry in validator.documentation():
        wrong, design = DESIGNS.get(entry.code, (None, None))
        for source in entry.bad:
            found = bench.check(validator, _whole(source), design=wrong)
            assert entry.code in {finding.code for finding in found}
        for source in entry.good:
            found = bench.check(validator, _whole(source), design=design)
            assert entry.code not in {finding.code for finding in found}


def _whole(source: str) -> str:
    """An example with what else a strategy needs."""
    start = source.index("    timeframe")
    source = source[:start] + REST + source[start:]
    if "populate_indicators" not in source:
        source += (
            "\n    def populate_indicators(self, dataframe, metadata):\n"
            '        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)\n'
            "        return dataframe\n"
        )
    for name in ("entry", "exit"):
        if f"populate_{name}_trend" not in source:
            source += (
                f"\n    def populate_{name}_trend(self, dataframe, metadata):\n"
                "        return dataframe\n"
            )
    return source
