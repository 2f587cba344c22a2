"""The example package, built and installed beside freqgen, and used from the command line."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from freqgen.testing import a_draft
from tests.installation import EXAMPLE

pytestmark = pytest.mark.xdist_group("installed")  # the wheels are built once


@pytest.fixture
def freqgen(installed, tmp_path):
    """Run ``freqgen … --json`` in an empty folder; gives the exit code and the object."""

    def run(*arguments):
        done = installed.run("freqgen", *arguments, "--json", cwd=tmp_path)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, json.loads(done.stdout)

    return run


def test_is_listed_with_all_that_it_registers(freqgen):
    code, data = freqgen("list-plugins")
    assert code == 0
    (example,) = [plugin for plugin in data["plugins"] if plugin["name"] == "example"]
    assert example == {
        "name": "example",
        "distribution": "freqgen-example",
        "version": "0.1.0",
        "registers": {
            "provider": ["breakout"],
            "prompt builder": ["design:terse"],
            "validator": ["no-print", "not-always"],
            "evaluator": ["per-trade"],
            "gate": ["earns-per-trade"],
            "indicator": ["RANGE_SHARE"],
            "command": ["count-rules"],
        },
        "disabled": False,
        "error": None,
    }


def test_ours_are_found_the_same_way(freqgen):
    _, data = freqgen("list-plugins")
    ours = {p["name"] for p in data["plugins"] if p["distribution"] == "freqtrade-freqgen"}
    assert ours == {
        "anthropic",
        "behaviour",
        "evaluators",
        "gates",
        "offline",
        "openai",
        "prompts",
        "structure",
        "types",
    }
    assert not [plugin["error"] for plugin in data["plugins"] if plugin["error"]]


def test_its_verb_is_in_the_help(installed, tmp_path):
    text = installed.run("freqgen", "--help", cwd=tmp_path).stdout
    assert "From plugins:\n  count-rules" in text


def test_its_verb_runs(freqgen, tmp_path):
    design = {
        "name": "Two",
        "timeframe": "1h",
        "entry_long": ["close > open", "volume > 0"],
        "risk": {"stoploss": -0.1},
    }
    (tmp_path / "two.json").write_text(json.dumps(design))
    code, data = freqgen("count-rules", "two.json")
    assert code == 0
    assert data["name"] == "Two"
    assert data["rules"]["entry_long"] == 2


def test_its_verb_refuses_what_is_missing(freqgen):
    code, data = freqgen("count-rules", "nope.json")
    assert code == 2
    assert data["error"]["message"] == "nope.json cannot be read"


def test_can_be_disabled(freqgen, tmp_path):
    (tmp_path / "config.json").write_text('{"freqgen": {"disabled_plugins": ["example"]}}')
    _, data = freqgen("list-plugins")
    (example,) = [plugin for plugin in data["plugins"] if plugin["name"] == "example"]
    assert example["disabled"]
    code, _ = freqgen("count-rules", "two.json")
    assert code == 2


@pytest.mark.soak
def test_its_own_tests_pass(installed, tmp_path):
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--import-mode=importlib"]
    tests = EXAMPLE / "test_freqgen_example.py"
    done = subprocess.run(
        [installed.python, "-m", "pytest", *options, "--rootdir", tmp_path, tests],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("builder", ["default", "terse"])
def test_its_provider_and_prompt_design(freqgen, tmp_path, builder):
    config = {"freqgen": {"design_model": "breakout", "prompts": {"design": builder}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    code, data = freqgen("design", "Breakout of 20 candles")
    assert code == 0
    assert data["design"]["entry_long"] == ["close > shift(highest(high, 20), 1)"]


def test_its_provider_s_errors_are_told(freqgen):
    code, data = freqgen("design", "--design-model", "breakout", "Something")
    assert code == 2
    assert data["error"]["type"] == "ReplyInvalid"
    assert "20 candles" in data["error"]["hint"]


def test_its_validator_looks_at_files(freqgen, tmp_path):
    source = a_draft().source.replace(
        "        return dataframe\n", "        print(1)\n        return dataframe\n", 1
    )
    (tmp_path / "RsiReversion.py").write_text(source)
    code, data = freqgen("validate", "RsiReversion.py")
    assert "EX101" in {finding["code"] for finding in data["findings"]}
    assert code in {0, 3}
