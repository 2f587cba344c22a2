"""The plugin's own tests, as its author would write them."""

import json

import freqgen_example
import pytest
from freqgen_example.provider import BreakoutProvider
from freqgen_example.validator import NoPrint

from freqgen import CallOptions, Design
from freqgen.testing import a_prompt, check_case, make_host, rule_cases


def test_everything_is_registered():
    host = make_host(freqgen_example)
    (plugin,) = host.describe()
    assert plugin.registers == {
        "provider": ("breakout",),
        "prompt builder": ("design:terse",),
        "validator": ("no-print", "not-always"),
        "evaluator": ("per-trade",),
        "gate": ("earns-per-trade",),
        "indicator": ("RANGE_SHARE",),
        "command": ("count-rules",),
    }


def test_the_provider_reads_the_number_of_candles():
    reply = BreakoutProvider().answer(
        a_prompt("Breakout of 55 candles"), model=None, options=CallOptions()
    )
    assert Design.from_data(json.loads(reply.text)).name == "Breakout55"


@pytest.mark.parametrize("case", rule_cases(NoPrint))
def test_the_validator_finds_what_its_examples_say(case):
    check_case(NoPrint(), case)
