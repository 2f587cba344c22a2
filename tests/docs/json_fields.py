"""What every verb prints with ``--json``: the words of ``docs/reference/cli.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.docs import json_objects
from tests.docs.json_objects import (
    CHECKED_FILE,
    DECISION,
    DESIGN,
    DRAFTS,
    FINDINGS,
    GATES,
    IN_USE,
    MARKET,
    MEASUREMENTS,
    MENDED,
    READING,
    SANDBOX,
    SHARED,
    STATUS,
    TIMINGS,
    TRIED_ON,
    USAGE,
    WHICH,
    Field,
    group,
)

_DECIDED = group(
    "record",
    "object",
    "the record as it is now",
    [
        *WHICH,
        Field("status", "text", STATUS),
        MARKET,
        Field("path", "text", "where its file is now"),
    ],
)

PAPER = [
    Field("name", "text", "class name of the strategy"),
    Field("database", "text", "Freqtrade's database of this strategy's paper trades"),
    Field("started", "text", "when the bot was started, ISO 8601 in UTC"),
    Field("ended", "text", "when it had stopped"),
    Field("seconds", "number", "how long it ran"),
    Field("stake_currency", "text", "as in `USDT`"),
    Field("opened", "number", "trades opened in this run"),
    Field("closed", "number", "trades closed in this run"),
    Field("profit_abs", "number", "profit of those, in the stake currency"),
    Field("total_closed", "number", "closed trades in the database, earlier runs included"),
    Field("total_profit_abs", "number", "their profit"),
    Field("open_positions", "list", "what is still open; the next run takes it up", "paper trade"),
    Field("trades", "list", "what was opened or closed in this run", "paper trade"),
    Field("continued", "boolean", "whether the database held trades of an earlier run"),
]

VERBS: dict[str, list[Field]] = {
    "generate": [
        Field("decision", "text", DECISION),
        *group(
            "record",
            "object",
            "what was stored",
            [*WHICH, Field("path", "text", "the strategy's file, allowed or not")],
        ),
        MARKET,
        SANDBOX,
        *TRIED_ON,
        Field("notes", "list of texts", "what should be read before the strategy is used"),
        DESIGN,
        *READING,
        Field("attempts", "number", "how many drafts were written"),
        FINDINGS,
        MENDED,
        DRAFTS,
        MEASUREMENTS,
        GATES,
        USAGE,
        *TIMINGS,
    ],
    "design": [
        DESIGN,
        *READING,
        USAGE,
        Field("file", "text", "where it was written; only with `--output`"),
    ],
    "code": [
        Field("class_name", "text", "name of the strategy class"),
        Field("source", "text", "the Python file"),
        Field("passed", "boolean", "whether nothing blocks"),
        Field("attempts", "number", "how many drafts were written"),
        FINDINGS,
        MENDED,
        DRAFTS,
        USAGE,
        Field("file", "text", "where it was written; only with `--output`"),
    ],
    "validate": [
        *CHECKED_FILE,
        Field(
            "files",
            "list",
            "the fields above for each of several files, and for what a folder stands for; then "
            "only `passed` and `without_strategy` stand beside it",
            "checked file",
        ),
        Field(
            "without_strategy",
            "list of texts",
            "files that were passed over; only with a folder, or with `--strategies-only`",
        ),
    ],
    "backtest": [
        Field("market", "text", "`synthetic` on the demo market's candles, else `real`"),
        SANDBOX,
        Field(
            "results", "list", "one result a strategy, in the order asked for", "backtest result"
        ),
        Field("results[].id", "text", "id of the record that was tested; not for a file"),
        Field("results[].revision", "number", "its revision; not for a file"),
        Field("results[].file", "text", "the file that was tested; not for a record"),
        Field(
            "results[].findings",
            "list",
            "what the checks found in the file, none of which blocks; not for a record",
            "finding",
        ),
        Field(
            "refused",
            "list",
            "strategies that did not pass, or could not be backtested beside others; then the "
            "exit code is 3",
            "refused strategy",
        ),
    ],
    "list-indicators": group(
        "indicators[]",
        "list",
        "the entries of the catalogue, see [indicators.md](indicators.md)",
        [
            Field("name", "text", "what the field `function` of a design says"),
            Field("title", "text", "what it is"),
            Field("group", "text", "the kind of indicator"),
            Field("library", "text", "where it comes from, as in `talib`"),
            Field("inputs", "list of texts", "candle columns that it always reads"),
            Field("sources", "list of texts", "columns that a design may replace by others"),
            *group(
                "params[]",
                "list",
                "its parameters",
                [
                    Field("name", "text", "name of the parameter"),
                    Field("kind", "text", "`int` or `float`"),
                    Field("default", "number", "its value where a design says nothing"),
                    Field("low", "number", "smallest value"),
                    Field("high", "number", "largest value"),
                    Field("description", "text", "what it does"),
                ],
            ),
            *group(
                "outputs[]",
                "list",
                "what it gives",
                [
                    Field(
                        "name", "text", "`lower` of `bb.lower`; `value` where it is the only one"
                    ),
                    Field("native", "text", "the library's own name"),
                    Field("description", "text", "what it is"),
                ],
            ),
            Field("cumulative", "boolean", "whether it is a running total"),
        ],
    ),
    "list": group(
        "records[]",
        "list",
        "the newest first",
        [
            *WHICH,
            Field("parent", "text or null", "id of the revision before"),
            Field("status", "text", STATUS),
            Field("decision", "text or null", f"what freqgen decided: {DECISION}"),
            Field("created", "text", "when it was made, ISO 8601 in UTC"),
            MARKET,
            Field("trades", "number or null", "trades of its backtest"),
            Field("profit_total", "number or null", "profit of it, as a ratio: 0.02 is 2 %"),
            Field("path", "text", "where its file belongs"),
            IN_USE,
            Field("brief", "text", "the words it came from"),
        ],
    ),
    "show": [
        Field("record", "object", "everything that was stored", "record"),
        Field("path", "text", "where its file belongs"),
        IN_USE,
        Field("decisions", "list", "what was decided about it, the first one first", "change"),
        Field("attempts", "list", "every question to a provider and its answer", "attempt"),
        Field("source", "text", "the Python file; alone, with `--code`"),
        replace(DESIGN, meaning="the design; alone, with `--design`"),
        replace(FINDINGS, meaning="the findings; alone, with `--findings`"),
    ],
    "approve": _DECIDED,
    "reject": _DECIDED,
    "list-plugins": group(
        "plugins[]",
        "list",
        "in the order in which they were loaded",
        [
            Field("name", "text", "name of the plugin, as in the setting `disabled_plugins`"),
            Field("distribution", "text or null", "the package it came in"),
            Field("version", "text or null", "version of that package"),
            Field(
                "registers",
                "object",
                "names of what it provides, by kind: `provider`, `validator`, `gate`, …",
                open=True,
            ),
            Field("disabled", "boolean", "whether the configuration switches it off"),
            Field("error", "text or null", "why it cannot be used; null if it can"),
        ],
    ),
    "doctor": [
        replace(SANDBOX, kind="object", meaning=SANDBOX.meaning.partition(";")[0]),
        Field("system", "text", "operating system, with its version and processor"),
        Field("python", "text", "version of Python"),
        Field("versions", "object", "of the packages that matter"),
        Field("versions.*", "text or null", "a version; null where it is not installed"),
        *group(
            "checks[]",
            "list",
            "what was looked at",
            [
                Field("name", "text", "`sandbox`, `plugins`, `candles`, `markets`, `plugin NAME`"),
                Field(
                    "health",
                    "text",
                    "`fine`; `lacking` where freqgen works with less; `broken` where something "
                    "that was asked for does not work",
                ),
                Field("says", "text", "how it is, in a sentence"),
                Field("advice", "text", "what to do about it; may be empty"),
            ],
        ),
    ],
    "paper": PAPER,
    "download-markets": [Field("path", "text", "the file with the market table")],
}
"""The fields of every verb, without ``schema`` and ``ok``, which all have."""

VERSIONS = [
    Field("versions", "object", "of `freqgen`, `freqtrade` and `python`"),
    Field("versions.*", "text", "a version"),
]

ERROR = [
    Field("error", "object", "what went wrong"),
    *json_objects.ERROR,
]


def expanded(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields, and those of the shared objects within."""
    for field in fields:
        yield field
        if field.of:
            parent = f"{field.path}[]" if field.kind.startswith("list") else field.path
            for inner in expanded(SHARED[field.of]):
                yield replace(inner, path=f"{parent}.{inner.path}")


def undocumented(data: Any, fields: Sequence[Field]) -> list[str]:
    """The paths of ``data`` that ``fields`` do not name."""
    known = {field.path: field for field in expanded(fields)}
    missing: list[str] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                one = f"{path}.{key}" if path else key
                wild = f"{path}.*" if path else "*"
                name = one if one in known else wild
                if name not in known:
                    missing.append(one)
                elif not known[name].open:
                    walk(item, name)
        elif isinstance(value, list):
            for item in value:
                walk(item, f"{path}[]")

    walk(data, "")
    return sorted(set(missing))
