"""Writes the generated parts of ``docs/reference``: settings, designs, functions, errors."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from freqgen import exceptions
from freqgen.configuration import ENV_PREFIX, SECTION
from freqgen.design.expressions import FUNCTIONS
from freqgen.design.in_words import InWords
from freqgen.design.model import Design, IndicatorSpec, ParameterSpec
from freqgen.design.risk import AtrStop, Candles, Risk, TrailingAtr, TrailingRatio
from freqgen.exceptions import FreqgenException
from freqgen.settings import DEFAULT_CONFIGURATION, ProviderSettings, Settings, StepSettings
from tests.docs.hooks_page import markdown
from tests.docs.markdown import table, with_region
from tests.docs.plugins import project
from tests.installation import ROOT

REFERENCE = ROOT / "docs" / "reference"
CONFIGURATION = REFERENCE / "configuration.md"
EXPRESSIONS = REFERENCE / "expressions.md"
ERRORS = REFERENCE / "errors.md"
ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"

# Fields of a model ---------------------------------------------------------------------------

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


def kind(schema: dict[str, Any]) -> str:
    """The type of a field, from its JSON schema, in words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        title = _TITLES[schema["$ref"].rpartition("/")[2]]
        return f"[{title.partition(' ')[2]}](#fields-of-{title.lower().replace(' ', '-')})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        item = kind(schema["items"])
        return f"list of {item}" + ("s" if item in _KINDS.values() else "")
    if schema.get("pattern", "").startswith("^("):
        return " or ".join(f"`{one}`" for one in schema["pattern"].strip("^()$").split("|"))
    return _KINDS[schema["type"]]


def limits(schema: dict[str, Any]) -> str:
    """The range of a number, or nothing."""
    for one in [schema, *schema.get("anyOf", ())]:
        said = [
            f"{word} {one[key]:g}"
            for key, word in (
                ("minimum", "at least"),
                ("exclusiveMinimum", "above"),
                ("maximum", "at most"),
                ("exclusiveMaximum", "below"),
            )
            if key in one
        ]
        if said:
            return ", ".join(said)
    return ""


def default(schema: dict[str, Any]) -> str:
    """The default of a field."""
    if "default" not in schema:
        return "{}" if schema.get("type") == "object" else "[]"
    return json.dumps(schema["default"])


def _fields(model: type[BaseModel]) -> Iterator[list[str]]:
    schema = model.model_json_schema()
    for name, one in schema["properties"].items():
        needed = name in schema.get("required", ())
        meaning = one.get("description") or _MEANINGS[model.__name__, name]
        yield [
            f"`{name}`",
            kind(one),
            "required" if needed else f"`{default(one)}`",
            "; ".join(part for part in (meaning, limits(one)) if part),
        ]


_TITLES = {
    "IndicatorSpec": "an indicator",
    "Risk": "the risk",
    "AtrStop": "an ATR stop",
    "TrailingRatio": "a trailing stop by ratio",
    "TrailingAtr": "a trailing stop by ATR",
    "Candles": "a number of candles",
    "InWords": "conditions in words",
    "ParameterSpec": "a parameter",
    "RiskLimits": "limits",
}

_MEANINGS = {
    ("Design", "contract"): "Version of these fields",
    ("Design", "timeframe"): "Length of a candle, as in 5m, 1h or 1d",
    ("Design", "can_short"): "Whether it may go short; futures only",
    ("Design", "indicators"): "What the rules use besides the candles",
    ("Design", "entry_long"): "Rules; where all hold, enter long",
    ("Design", "exit_long"): "Rules; where all hold, exit long",
    ("Design", "entry_short"): "Rules; where all hold, enter short",
    ("Design", "exit_short"): "Rules; where all hold, exit short",
    ("InWords", "entry_long"): "What narrows `entry_long`, a sentence each",
    ("InWords", "exit_long"): "What narrows `exit_long`",
    ("InWords", "entry_short"): "What narrows `entry_short`",
    ("InWords", "exit_short"): "What narrows `exit_short`",
    ("Design", "risk"): "How a trade ends otherwise, and how much is traded",
    ("Design", "parameters"): "Numbers that hyperopt may change",
    ("Risk", "stop_atr"): "A stop at a distance of ATRs, fixed for the trade",
    ("Risk", "trailing"): "A stop that follows the price",
    ("Risk", "max_open_trades"): "Trades open at the same time",
    ("Risk", "leverage"): "Futures only",
    ("AtrStop", "multiple"): "How many ATRs",
    ("AtrStop", "period"): "Candles of the ATR",
    ("TrailingAtr", "multiple"): "How many ATRs",
    ("TrailingAtr", "period"): "Candles of the ATR",
    ("TrailingRatio", "ratio"): "Distance from the best price",
    ("TrailingRatio", "offset"): "Profit from which it begins; larger than `ratio`, or 0",
    ("Candles", "candles"): "How many, of the design's timeframe",
    ("ParameterSpec", "name"): "Name used in rules",
    ("ParameterSpec", "kind"): "Whole numbers, numbers with `decimals`, or any number",
    ("ParameterSpec", "low"): "Smallest value",
    ("ParameterSpec", "high"): "Largest value",
    ("ParameterSpec", "default"): "Value in backtests and bots",
    ("ParameterSpec", "space"): "Freqtrade's space that it belongs to",
}
"""What fields mean whose model leaves it to its docstring."""

_HEAD = ["field", "kind", "default", "meaning"]


def design_fields() -> str:
    """Tables of a design and everything in it."""
    parts = [table(_HEAD, _fields(Design))]
    for model in (
        IndicatorSpec,
        Risk,
        AtrStop,
        TrailingRatio,
        TrailingAtr,
        Candles,
        ParameterSpec,
        InWords,
    ):
        text = markdown(inspect.getdoc(model)).strip()
        title = f"### Fields of {_TITLES[model.__name__]}"
        parts.append(f"{title}\n\n{text}\n\n{table(_HEAD, _fields(model))}")
    return "\n".join(parts)


def functions() -> str:
    """The functions of the expression language."""
    rows = ([f"`{f.usage}`", f.meaning] for f in FUNCTIONS.values())
    return table(["function", "gives"], rows)


# Configuration -------------------------------------------------------------------------------


def variable(name: str) -> str:
    """The environment variable of a setting; of an object, one of several."""
    variable = f"{ENV_PREFIX}{SECTION.upper()}__{name.upper()}"
    one = {
        "prompts": "__DESIGN",
        "providers": "__OPENAI__BASE_URL",
        "steps": "__CODE__MAX_TOKENS",
        "limits": "__MAX_LEVERAGE",
    }.get(name, "")
    return f"{variable}{one}"


def settings() -> str:
    """A section for every setting."""
    parts = []
    for name, kind_, default_, meaning in _fields(Settings):
        plain = name.strip("`")
        model = Settings.model_fields[plain].annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            rows = table(_HEAD, _fields(model))
            about = inspect.cleandoc(model.__doc__ or "").partition(". ")[2]
            parts.append(
                f"### {plain}\n\n{meaning}. {about}\n\n{rows}\n- Kind: object\n"
                f"- Variable: `{variable(plain)}`, and the like for the others\n"
            )
            continue
        parts.append(
            f"### {plain}\n\n{meaning}.\n\n"
            f"- Kind: {kind_}\n- Default: {default_}\n- Variable: `{variable(plain)}`\n"
        )
        if plain == "providers":
            parts.append(f"Of each provider:\n\n{table(_HEAD, _fields(ProviderSettings))}")
        if plain == "steps":
            parts.append(f"Of each step:\n\n{table(_HEAD, _fields(StepSettings))}")
    return "\n".join(parts)


def defaults() -> str:
    """What is used of Freqtrade's configuration where the user's says nothing."""
    text = json.dumps(dict(DEFAULT_CONFIGURATION), indent=2)
    return f"```json\n{text}\n```"


# Errors --------------------------------------------------------------------------------------

ADVICE = {
    "FreqgenException": "Read the hint on the line below the message.",
    "UsageError": "Correct what the message names; the hint shows how it is written.",
    "BriefError": 'Say when to enter, as in "Buy when RSI(14) is below 30". '
    '`freqgen design "…"` shows what of a text is understood.',
    "DesignError": "The message begins with the path of the field, as in `entry_long[0]`, and for "
    "an expression names the character. [expressions.md](expressions.md) has the language.",
    "SettingsError": "Correct the field that the message names; [configuration.md]"
    "(configuration.md) lists freqgen's own, Freqtrade's documentation the others.",
    "PluginError": "`freqgen list-plugins` shows every plugin and what is wrong with it.",
    "PluginLoadError": "Mend or reinstall the plugin, or ask for something else. Only what the "
    "plugin would have provided is missing.",
    "DuplicateNameError": "Disable one of the two plugins, in the setting "
    "[disabled_plugins](configuration.md#disabled_plugins).",
    "ProviderError": "Try again, or choose another one with `--design-model` or `--code-model`. "
    "The providers `offline` and `compiler` need no key and no network.",
    "ProviderUnavailable": "Do what the hint says: set the key, start the server, or write one of "
    "the models that it lists.",
    "ProviderTransient": "Wait as long as the message says, then run the command again.",
    "ReplyInvalid": "Run the command again, or choose another model: the audit log has the reply.",
    "BudgetExceeded": "Raise the limit, or choose a cheaper model.",
    "AttemptsExhausted": "Read what is wrong with the last answer, say the idea in other words, "
    "choose another model with `--design-model`, or raise "
    "[max_attempts](configuration.md#max_attempts). `freqgen/audit.jsonl` in the user directory "
    "has every attempt.",
    "SandboxError": "Nothing was harmed: the code was not run, or was ended.",
    "SandboxUnavailable": "`freqgen doctor` says what this machine holds and what is enough; "
    "[sandbox.md](../explanation/sandbox.md#levels) has the levels. At the level partial, "
    "`--accept-partial` runs the strategy all the same. `freqgen validate` reads it everywhere.",
    "SandboxViolation": "Read the finding ([FG811 to FG815](findings.md)), and the code, "
    "before you trust any of it.",
    "SandboxTimeout": "Look for loops over candles in that code "
    "([FG810](findings.md)), or raise [backtest_timeout](configuration.md#backtest_timeout).",
    "EvaluationError": "Do what the hint says; the strategy itself may be sound.",
    "DataMissing": "Run the `freqtrade download-data` command that the hint shows, or try "
    "`--demo`.",
    "EngineError": "Use fewer pairs or a shorter `--timerange`, or raise "
    "[backtest_timeout](configuration.md#backtest_timeout) or "
    "[backtest_memory_mb](configuration.md#backtest_memory_mb).",
    "StrategyFault": "Read the finding: [findings.md](findings.md) has its code. "
    "`freqgen validate` says the same with the line of the source, where it is known.",
    "StoreError": "Check the free space and the permissions, or what is in the way: freqgen never "
    "overwrites a file that it did not write.",
    "RecordNotFound": "`freqgen list` shows the names and ids.",
}
"""What a user can do about each error."""

ERRORS_HEAD = """\
# Errors

<!-- Written by `make docs` from freqgen/exceptions.py; do not edit. -->

What goes wrong in a way that freqgen foresees is one message on stderr, a hint below it that says
what to do next, and exit code 2, or 3 for `AttemptsExhausted`. With `--json` the same stands in the
one object on stdout, with the name of the class as `error.type`:

```console
$ freqgen list --limit 0 --json
{
  "schema": "freqgen/1",
  "ok": false,
  "error": {
    "type": "UsageError",
    "message": "the limit must be at least 1",
    "hint": "as in --limit 20"
  }
}
freqgen: error: the limit must be at least 1
as in --limit 20
```

From Python they are exceptions, each with `.message` and `.hint`, and all of them are subclasses of
Freqtrade's own `FreqtradeException`. Findings and failed gates are no errors: they are results.
Errors of Freqtrade that reach freqgen are shown with their own name; `OSError` stands for a disk
that is full or may not be written to, and `Interrupted` for Ctrl-C (exit code 130). Anything else
is a bug, with a traceback and exit code 1.

```text
{tree}
```
"""


def raised() -> set[str]:
    """The exceptions that freqgen or one of its plugins raises itself."""
    files = [*(ROOT / "freqgen").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    return {name for name in tree() if re.search(rf"\braise {name}\b|\breturn {name}\(", source)}


def tree() -> dict[str, type[FreqgenException]]:
    """All exceptions, parents before their children."""
    return {
        name: one
        for name, one in vars(exceptions).items()
        if isinstance(one, type) and issubclass(one, FreqgenException)
    }


def errors_page() -> str:
    """The whole page of errors."""
    drawing = (exceptions.__doc__ or "").partition("::\n\n")[2].partition("\n\n")[0]
    parts = [ERRORS_HEAD.replace("{tree}", inspect.cleandoc(drawing))]
    used = raised()
    for name, one in tree().items():
        about = []
        if any(one in other.__bases__ for other in tree().values()):
            about.append("Stands for all kinds of it.")
        elif name not in used:
            about.append("For plugins: freqgen itself raises it nowhere yet.")
        parents = [base.__name__ for base in one.__bases__ if base.__name__ in tree()]
        if parents:
            linked = " and of ".join(f"[{parent}](#{parent.lower()})" for parent in parents)
            about.insert(0, f"A kind of {linked}.")
        parts.append(
            f"## {name}\n\n{markdown(inspect.getdoc(one)).strip()}\n\n{' '.join(about)}\n\n"
            f"What to do: {ADVICE[name]}\n"
        )
    return "\n".join(parts)


# Architecture --------------------------------------------------------------------------------


def layers() -> str:
    """The layers of the core, from the contract that import-linter checks."""
    contract = project()["tool"]["importlinter"]["contracts"][0]
    return "```text\n" + "\n".join(contract["layers"]) + "\n```"


def pages() -> Iterator[tuple[Path, str]]:
    """Every page of this module with its new content."""
    yield ERRORS, errors_page()
    for path, regions in (
        (CONFIGURATION, {"settings": settings(), "defaults": defaults()}),
        (EXPRESSIONS, {"fields": design_fields(), "functions": functions()}),
        (ARCHITECTURE, {"layers": layers()}),
    ):
        text = path.read_text(encoding="utf-8")
        for name, content in regions.items():
            text = with_region(text, name, content)
        yield path, text
