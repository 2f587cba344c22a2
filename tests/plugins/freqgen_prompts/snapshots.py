"""Writes the prompts that models see to files, so that a change of one can be read.

``python -m tests.plugins.freqgen_prompts.snapshots`` rewrites them, and so does ``make prompts``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from freqgen import (
    Brief,
    Catalogue,
    Design,
    Draft,
    Failure,
    Finding,
    Payload,
    Phase,
    Prompt,
    Severity,
    Step,
    ValidationContext,
    check_design,
    compile_design,
)
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen_prompts.builder import TemplateBuilder
from freqgen_prompts.examples import FOLDER, NAMES, SPOILT
from freqgen_prompts.telling import findings_in_words
from freqgen_structure import validators

SNAPSHOTS = Path(__file__).parent / "snapshots"

IDEA = (
    "Buy when the MACD crosses above its signal while the close is above the 4h EMA(50) of "
    "BTC/USDT. Sell at the Supertrend, or at 5% profit. 1h candles."
)

DESIGN = {
    "name": "MacdWithTheMarket",
    "kind": "trend_following",
    "hypothesis": "Momentum that turns up while the market rises tends to go on.",
    "timeframe": "1h",
    "indicators": [
        {"id": "macd", "function": "MACD"},
        {"id": "line", "function": "SUPERTREND"},
        {"id": "average", "function": "ROLLING_VWAP", "params": {"timeperiod": 24}},
        {"id": "market", "function": "EMA", "params": {"timeperiod": 50}, "timeframe": "4h",
         "pair": "BTC/USDT"},
    ],
    "entry_long": ["crosses_above(macd.line, macd.signal)", "close > market", "close > average"],
    "exit_long": ["close < line.value"],
    "risk": {"stoploss": -0.03, "take_profit": 0.05, "max_open_trades": 2},
}  # fmt: skip


WORDS = "the close has made a double bottom within the last 50 candles"


def catalogue() -> Catalogue:
    """The one without plugins."""
    return Catalogue(builtin_indicators())


def payload() -> Payload:
    """One that every step can be worded with."""
    known = catalogue()
    design = Design.from_data(DESIGN)
    source = compile_design(check_design(design, known))
    wrong = source.replace('dataframe["average"] = ', 'dataframe["average"] = 1.0 * ', 1)
    return Payload(
        catalogue=known,
        brief=Brief.from_text(
            IDEA,
            name="MacdWithTheMarket",
            constraints={"stoploss": -0.03, "max_open_trades": 2, "can_short": False},
            trading={"direction": "long", "pairs": ["ETH/USDT"], "dry_run_wallet": 500.0},
        ),
        design=design,
        draft=Draft(class_name=design.name, source=wrong),
        findings=(
            Finding(
                code="FG201",
                severity=Severity.ERROR,
                phase=Phase.STRUCTURE,
                message="a negative shift reads candles that have not happened yet",
                hint="shift by a positive number",
                line=51,
            ),
        ),
    )


def words_of(prompt: Prompt) -> str:
    """A prompt as one text."""
    parts = [f"=== system\n\n{prompt.system}"]
    parts += [f"=== {message.role}\n\n{message.text}" for message in prompt.messages]
    return "\n".join(parts)


def snapshots() -> dict[Path, str]:
    """What each file is to hold."""
    whole = payload()
    found = {
        SNAPSHOTS / f"{step}.txt": words_of(TemplateBuilder(step=step).build(whole))
        for step in Step
    }
    worded = Design.from_data({**DESIGN, "in_words": {"entry_long": [WORDS]}})
    code = TemplateBuilder(step=Step.CODE).build(replace(whole, design=worded))
    found[SNAPSHOTS / "code_in_words.txt"] = words_of(code)
    rules = TemplateBuilder(step=Step.DESIGN).build(
        replace(whole, rules_only=True, problems=(f"in_words: {WORDS} is no rule",))
    )
    found[SNAPSHOTS / "design_rules_only.txt"] = words_of(rules)
    told = replace(whole, **refused(whole.draft.source))
    repair = TemplateBuilder(step=Step.REPAIR).build(told)
    found[SNAPSHOTS / "repair_mended_message.txt"] = repair.messages[-1].text
    first, *_, last = told.findings
    failures = (
        Failure(finding=first, tries=(1, 2), written="upper, middle, lower = ta.BBANDS(dataframe)"),
        Failure(finding=last, tries=(3,)),
    )
    fresh = TemplateBuilder(step=Step.CODE).build(replace(whole, failures=failures))
    found[SNAPSHOTS / "code_fresh_message.txt"] = fresh.messages[-1].text
    return found


def refused(source: str) -> dict[str, Any]:
    """What a draft with faults goes back with: what is mended, and what is left in any order."""
    line = source[: source.index('dataframe["average"]')].count("\n") + 1

    def one(code: str, message: str, number: int | None, phase: Phase, **more: Any) -> Finding:
        more = {"severity": Severity.ERROR, **more}
        return Finding(code=code, message=message, line=number, phase=phase, **more)

    return {
        "mended": (
            one("FG303", "this assigns to a copy", line + 9, Phase.STRUCTURE),
            one("FG825", "startup_candle_count of 30 is too small", None, Phase.BEHAVIOUR),
        ),
        "findings": (
            one("FG304", "unpacking BBANDS gives the names of its columns", line,
                Phase.STRUCTURE, column=9, hint="keep the result, and take its columns"),
            one("FG701", "Unsupported operand types", line, Phase.TYPES, column=30),
            one("FG501", "os may not be imported", 4, Phase.STRUCTURE, column=1),
            *(one(f"FG40{n}", "this is slow", line + n, Phase.STRUCTURE, severity=Severity.WARNING)
              for n in (4, 5, 6, 7)),
            one("FG801", "the column average knows the future: at 2024-02-03 04:00 it is 41.5 "
                "where later candles are known, and 40.2 where they are not", None,
                Phase.BEHAVIOUR, hint="use candles up to this one alone"),
        ),
    }  # fmt: skip


def example_code() -> dict[Path, str]:
    """The code of the examples, which are a part of the prompts."""
    known, found = catalogue(), {}
    for name in NAMES:
        text = (FOLDER / f"{name}.design.json").read_text(encoding="utf-8")
        found[FOLDER / f"{name}.code.txt"] = compile_design(
            check_design(Design.from_json(text), known)
        )
    return found


FAULTS = (
    ('((dataframe["rsi"] < 30)', '((dataframe["rsi"].shift(-1) < 30)'),
    ("stoploss = -0.02", "stoploss = -0.10"),
    (
        """        dataframe["bb_lower"] = ta.BBANDS(
            dataframe,
            timeperiod=20,
            nbdevup=2.0,
            nbdevdn=2.0,
            matype=0,
        )["lowerband"]
""",
        """        upper, middle, lower = ta.BBANDS(dataframe, 20, 2.0, 2.0)
        dataframe["bb_lower"] = lower
""",
    ),
)
"""What is right in the code of an example, and what is wrong in its place."""


def repair_files() -> dict[Path, str]:
    """The spoilt example, and what the checks that read a file find in it."""
    design = Design.from_json((FOLDER / f"{SPOILT}.design.json").read_text(encoding="utf-8"))
    wrong = example_code()[FOLDER / f"{SPOILT}.code.txt"]
    for right, spoilt in FAULTS:
        assert right in wrong
        wrong = wrong.replace(right, spoilt)
    draft = Draft(class_name=design.name, source=wrong)
    context = ValidationContext(catalogue=catalogue(), cache_dir=FOLDER)
    findings = [one for checks in validators() for one in checks.check(draft, design, context)]
    return {
        FOLDER / f"{SPOILT}.wrong.txt": wrong,
        FOLDER / f"{SPOILT}.findings.txt": findings_in_words(findings, wrong) + "\n",
    }


def main() -> int:
    """Write those that changed, and name them."""
    for made in (example_code, repair_files, snapshots):
        for path, text in made().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
