"""What prompts teach is true: it is run, imported and compared with what is installed."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import freqtrade
import numpy as np
import pytest
import talib.abstract as ta
from freqtrade.strategy.interface import IStrategy

from freqgen import (
    Catalogue,
    Design,
    Draft,
    Report,
    Step,
    ValidationContext,
    check_design,
    compile_design,
)
from freqgen.testing import a_candle_frame
from freqgen.validation.runner import run_validators
from freqgen_prompts.builder import TemplateBuilder
from freqgen_prompts.examples import Example, examples, repair
from freqgen_prompts.facts import IMPORTS, LOOKAHEAD, SILENT, Mistake, computed, grouped
from freqgen_prompts.interface import interface, read_interface
from freqgen_prompts.telling import findings_in_words, numbered
from tests.docs.plugins import builtin_host
from tests.plugins.freqgen_prompts.snapshots import DESIGN, FAULTS, catalogue, payload

STRATEGY = """\
{imports}


class S(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = False
    minimal_roi = {{"0": 0.05}}
    stoploss = -0.05
    startup_candle_count = 200

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        {line}
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 31, "enter_long"] = 1
        {signal}
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe[{column}] > 70, "exit_long"] = 1
        return dataframe
"""


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the libraries, read once."""
    return tmp_path_factory.mktemp("cache")


def checked(source: str, name: str, folder: Path, design: Design | None = None) -> Report:
    """All of freqgen's checks that do not run it."""
    validators = [v for v in builtin_host().validators().values() if v.phase.value != "behaviour"]
    context = ValidationContext(catalogue=catalogue(), cache_dir=folder)
    return run_validators(Draft(class_name=name, source=source), design, validators, context).report


def strategy(line: str = "pass", signal: str = "pass", column: str = "rsi") -> str:
    """A strategy that is right but for what is put into it."""
    return STRATEGY.format(
        imports="\n".join(IMPORTS), line=line, signal=signal, column=f'"{column}"'
    )


class TestTheInterface:
    def test_is_that_of_the_installed_freqtrade(self) -> None:
        """Every signature is what ``inspect`` says of the class, every attribute is one."""
        assert interface().version == freqtrade.__version__
        for told in interface().methods:
            name = told.partition("(")[0]
            real = inspect.signature(getattr(IStrategy, name))
            names = re.findall(
                r"(?:^|, )\*{0,2}(\w+)(?=[:,=]|$)", told[len(name) + 1 :].split(")")[0]
            )
            assert names == [*real.parameters], told
            assert ("**kwargs" in told) == any(
                p.kind is p.VAR_KEYWORD for p in real.parameters.values()
            )
        for told in interface().attributes:
            name = re.split(r"[: =]", told)[0]
            assert name in {*IStrategy.__annotations__}, told

    def test_has_what_strategies_define(self) -> None:
        named = {told.partition("(")[0] for told in interface().methods}
        assert {
            *("populate_indicators", "populate_entry_trend", "populate_exit_trend", "leverage"),
            *("custom_stoploss", "custom_exit", "custom_stake_amount", "confirm_trade_entry"),
        } <= named
        assert not {name for name in named if re.search(r"buy|sell|freqai|^ft_|^_|any", name)}
        assert len(interface().methods) == len(named)

    def test_without_the_class_is_an_error(self) -> None:
        with pytest.raises(LookupError, match="no class IStrategy"):
            read_interface("x = 1", "1")

    def test_an_old_callback_and_a_private_one_are_left_out(self) -> None:
        source = (
            "class IStrategy:\n"
            "    a: int = 1\n    _b: int = 2\n    dp: object\n"
            "    def new(self, x: int = 3, **kwargs) -> bool: ...\n"
            "    def old(self, **kwargs):\n        'DEPRECATED: use new'\n"
            "    def _hidden(self, **kwargs): ...\n"
            "    def helper(self): ...\n"
        )
        found = read_interface(source, "9")
        assert found.methods == ("new(self, x: int=3, **kwargs) -> bool",)
        assert found.attributes == ("a: int = 1",)


@pytest.mark.soak
def test_every_import_is_allowed_and_there(cache: Path) -> None:
    """In a strategy without a finding; and each is in the prompt."""
    exec("\n".join(IMPORTS), {})
    assert checked(strategy(), "S", cache).findings == ()
    system = TemplateBuilder(step=Step.CODE).build(payload()).system
    assert all(f"- {line}\n" in system for line in IMPORTS)


@pytest.mark.parametrize("mistake", [*LOOKAHEAD, *SILENT], ids=lambda mistake: mistake.wrong)
def test_a_mistake_is_found_where_it_can_be_read(mistake: Mistake, cache: Path) -> None:
    """And what stands beside it has no finding."""
    place = "signal" if ".loc[" in mistake.right and mistake in SILENT else "line"
    named = re.match(r'dataframe\["(\w+)"\] =', mistake.right)
    column = named[1] if named else "rsi"
    for text, expected in ((mistake.wrong, mistake.code), (mistake.right, "")):
        source = strategy(column=column, **{place: text})
        codes = [finding.code for finding in checked(source, "S", cache).findings]
        codes = [code for code in codes if code != "FG317"]  # a line by itself is not used
        assert codes == ([expected] if expected else []), text


@pytest.mark.parametrize("mistake", LOOKAHEAD, ids=lambda mistake: mistake.wrong)
def test_only_the_mistake_looks_ahead(mistake: Mistake) -> None:
    """A value of the past is another one once there are later candles."""
    whole = a_candle_frame(400)
    whole["close"] *= np.linspace(1, 3, 400)  # so that the later candles have other extremes
    whole["rsi"] = ta.RSI(whole, timeperiod=14)
    whole.loc[[250, 299], "rsi"] = np.nan

    def column(text: str, candles: int) -> Any:
        frame = whole.head(candles).copy()
        exec(text, {"dataframe": frame})
        return frame.iloc[:300, -1].to_numpy()

    for text, same in ((mistake.wrong, False), (mistake.right, True)):
        early, late = column(text, 300), column(text, 400)
        assert np.array_equal(early, late, equal_nan=True) is same, text


class TestExamples:
    @pytest.mark.parametrize("number", range(len(examples())))
    def test_a_design_does_what_was_asked_beside_it(self, number: int, known: Catalogue) -> None:
        """It is right, and has the constraints."""
        example = examples()[number]
        design = Design.from_json(example.design)
        assert check_design(design, known).warnings == ()
        fields = {**design.to_data()["risk"], **design.to_data()}
        asked = json.loads(example.constraints) if example.constraints else {}
        assert {k: fields[k] for k in asked if k in fields} == {
            k: v for k, v in asked.items() if k in fields
        }
        assert len(example.idea) > 80

    @pytest.mark.parametrize("example", examples(), ids=lambda example: example.idea[:12])
    def test_code_passes_without_a_finding(
        self, example: Example, known: Catalogue, cache: Path
    ) -> None:
        """And is what the compiler writes."""
        design = Design.from_json(example.design)
        assert example.code == compile_design(check_design(design, known)).rstrip()
        assert checked(example.code, design.name, cache, design).findings == ()

    def test_are_in_the_prompts(self) -> None:
        design = TemplateBuilder(step=Step.DESIGN).build(payload()).system
        code = TemplateBuilder(step=Step.CODE).build(payload()).system
        assert len(examples()) == 2
        for example in examples():
            assert example.idea in design
            assert example.constraints in design
            assert example.design in design
            assert example.design in code
            assert example.code in code

    def test_the_repair_is_in_its_prompt(self) -> None:
        """With the lines as findings count them, and nothing of it elsewhere."""
        system = TemplateBuilder(step=Step.REPAIR).build(payload()).system
        example = repair()
        for text in (example.design, numbered(example.wrong), example.findings, example.right):
            assert text in system
        code = TemplateBuilder(step=Step.CODE).build(payload()).system
        assert example.findings not in code

    def test_the_repair_mends_what_the_checks_find(self, cache: Path) -> None:
        """All of it, and changes nothing else; each finding is on a line that was changed."""
        example = repair()
        design = Design.from_json(example.design)
        found = checked(example.wrong, design.name, cache, design).findings
        assert sorted(findings_in_words(found, example.wrong).splitlines()) == sorted(
            example.findings.splitlines()
        )
        assert len(found) == len(FAULTS)
        assert checked(example.right, design.name, cache, design).findings == ()
        wrong, right = example.wrong.splitlines(), example.right.splitlines()
        spoilt = {number for number, line in enumerate(wrong, start=1) if line not in right}
        assert {finding.line for finding in found} <= spoilt
        assert len(spoilt) == len(FAULTS) + 1

    def test_every_family_of_findings_has_its_advice(self) -> None:
        """The first digit of every code that there is."""
        system = TemplateBuilder(step=Step.REPAIR).build(payload()).system
        codes = {code for one in builtin_host().validators().values() for code in one.codes}
        assert {code[:3] for code in codes} <= set(re.findall(r"^- (FG\d):", system, re.MULTILINE))


class TestIndicators:
    def test_lines_are_those_of_the_compiler(self, known: Catalogue) -> None:
        """With the names that columns of other candles get."""
        design = Design.from_data(DESIGN)
        told = computed(design, known)
        code = " ".join(compile_design(check_design(design, known)).split())
        for line in told.splitlines():
            if line.startswith("#"):
                renamed = re.search(r"read (\w+):", line)
                assert renamed is not None
                assert f'"{renamed[1]}"' in code
                assert re.search(r"@informative\(.*?\)", line)[0] in code  # type: ignore[index]
        assert "btc_usdt_market_4h" in told
        assert "def rolling_vwap" in told
        assert 'dataframe["macd_line"]' in told
        assert "histogram" not in told

    def test_all_outputs_are_told_where_no_rule_names_one(self, known: Catalogue) -> None:
        data = {**DESIGN, "entry_long": ["close > 1"], "exit_long": []}
        assert 'dataframe["macd_histogram"]' in computed(Design.from_data(data), known)

    def test_what_does_not_fit_is_left_out(self, known: Catalogue) -> None:
        spec = {"id": "rsi", "function": "RSI", "params": {"wrong": 1}}
        assert computed(Design.from_data({**DESIGN, "indicators": [spec]}), known) == ""

    def test_a_catalogue_entry_says_what_it_reads_and_gives(self, known: Catalogue) -> None:
        lines = {
            line.split("(")[0].split(" ")[0]: line for g in grouped(known).values() for line in g
        }
        assert lines["CORREL"] == "CORREL(timeperiod=30) of [high, low]"
        assert lines["OBV*"] == "OBV*"
        assert lines["AROON"] == "AROON(timeperiod=14) -> .down, .up"
