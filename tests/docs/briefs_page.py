"""The page of briefs and what the provider ``offline`` makes of them, from the tests' tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.installation import ROOT
from tests.plugins.freqgen_offline.briefs import BUY, ENTRIES, RISKS, TIMEFRAMES, WHOLE
from tests.plugins.freqgen_offline.ideas import BEFORE, REFUSED
from tests.plugins.freqgen_offline.likeness import RULES
from tests.plugins.freqgen_offline.test_ideas import NOT_READ, PARAPHRASES, STRANGERS

PATH = ROOT / "docs/reference/briefs.md"

HEAD = """# Briefs that are read without a model

<!-- Written by `make docs` from the tests' tables; do not edit. -->

The provider `offline` reads plain English with a grammar, and never guesses: what it fills in is
named, and what it does not understand is listed word for word. Unless that is small talk, or
belongs to an exit, nothing is written before you say so (`--ignore-unread`). Each brief below is a
test. Rules are in the [language of designs](expressions.md); a verb of motion ("rises above",
"breaks") is a crossing, a state ("is above", "under") a level.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_whole(), *_one_idea(), *_short(), *_not()]).rstrip() + "\n"


def _whole() -> Iterator[str]:
    yield "## Whole briefs\n"
    for idea in BEFORE:
        yield from _case(idea.text, idea.design, idea.uses)
    for case in STRANGERS:
        if case["kind"] != "refused" and case["id"] not in NOT_READ:
            uses = {i["id"]: _spec(i) for i in case["design"].get("indicators", [])}
            yield from _case(case["brief"], case["design"], uses, case.get("unread", []))
    for whole in WHOLE:
        told = {name: getattr(whole, name) for name in RULES}
        uses = {
            name: f"{function}({', '.join(f'{p:g}' for p in params.values())})"
            for name, (function, params) in (whole.indicators or {}).items()
        }
        design = {**told, "risk": whole.risk, "timeframe": whole.timeframe or ""}
        yield from _case(whole.text, design, uses, whole.unread)


def _case(
    text: str, design: Mapping[str, Any], uses: Mapping[str, str], unread: Any = ()
) -> Iterator[str]:
    yield from (f"> {line}".rstrip() for line in text.strip().splitlines())
    yield ""
    for name in RULES:
        if design.get(name):
            rules = ", ".join(f"`{rule}`" for rule in design[name])
            yield f"- {name}: {rules}"
    if uses:
        yield "- with " + ", ".join(f"{name} = {what}" for name, what in uses.items())
    risk = ", ".join(f"{k} {_value(v)}" for k, v in (design.get("risk") or {}).items())
    if frame := design.get("timeframe"):
        risk = ", ".join(part for part in (f"timeframe {frame}", risk) if part)
    if risk:
        yield f"- {risk}"
    if unread:
        yield "- not understood: " + ", ".join(f'"{words}"' for words in unread)
    yield ""


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {v}" for k, v in value.items()) + "}"
    return f"`{value}`" if isinstance(value, str) else f"{value}"


def _spec(spec: Mapping[str, Any]) -> str:
    told = f"{spec['function']}({', '.join(f'{p:g}' for p in spec.get('params', {}).values())})"
    told += f" of {spec['timeframe']} candles" if spec.get("timeframe") else ""
    return told + (f" of {spec['pair']}" if spec.get("pair") else "")


def _one_idea() -> Iterator[str]:
    yield "## One idea in several words\n"
    for idea in PARAPHRASES:
        read = [t for n, t in enumerate(idea["texts"]) if f"{idea['idea']}-{n}" not in NOT_READ]
        uses = {i["id"]: _spec(i) for i in idea["design"]["indicators"]}
        for text in read[:-1]:
            yield from (f"> {line}".rstrip() for line in text.strip().splitlines())
            yield "\n<!-- -->\n"
        yield from _case(read[-1], idea["design"], uses)


def _short() -> Iterator[str]:
    yield "## Conditions\n"
    yield f"Each stands behind `{BUY.strip()}`.\n"
    yield "| said | rules |\n|---|---|"
    for _, entry, rules in ENTRIES:
        if rules is not None:
            told = "<br>".join(f"`{rule}`" for rule in rules)
            yield f"| {entry.replace('|', chr(92) + '|')} | {told} |"
    yield "\n## Risk\n\n| said | field |\n|---|---|"
    for _, sentence, risk in RISKS:
        yield f"| {sentence} | {', '.join(f'{k} {_value(v)}' for k, v in risk.items())} |"
    yield "\n## Timeframes\n\n| said | timeframe |\n|---|---|"
    for sentence, timeframe in TIMEFRAMES:
        yield f"| {sentence} | {timeframe} |"
    yield ""


def _not() -> Iterator[str]:
    yield "## What is refused\n"
    yield "Nobody knows tomorrow's candle, candles do not tell the news, and profit is no rule:\n"
    for _, text, _ in REFUSED:
        yield f"> {text}\n\n<!-- -->\n"
    yield "These are not understood yet, and are refused rather than read as something else:\n"
    briefs = {case["id"]: case["brief"] for case in STRANGERS}
    briefs |= {f"{i['idea']}-{n}": t for i in PARAPHRASES for n, t in enumerate(i["texts"])}
    for id_ in sorted(NOT_READ):
        yield from (f"> {line}".rstrip() for line in briefs[id_].strip().splitlines())
        yield "\n<!-- -->\n"
