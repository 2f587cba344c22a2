"""What every verb prints with ``--json``: the words of ``docs/reference/cli.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field of a verb's object.

    :param path: As in ``findings[].code``; ``*`` stands for any key.
    :param of: The shared object (:data:`SHARED`) that it is, or is a list of.
    :param open: Whether what lies within it is documented elsewhere.
    """

    path: str
    kind: str
    meaning: str
    of: str = ""
    open: bool = False


def _group(parent: str, kind: str, meaning: str, fields: Iterable[Field]) -> list[Field]:
    within = [replace(field, path=f"{parent}.{field.path}") for field in fields]
    return [Field(parent.removesuffix("[]"), kind, meaning), *within]


FINDING = [
    Field("code", "text", "stable code, as in `FG201`; see [findings.md](findings.md)"),
    Field("severity", "text", "`error` blocks, `warning` does not"),
    Field("phase", "text", "`parse`, `structure` or `types`"),
    Field("line", "number or null", "line in the source, from 1; null for the file as a whole"),
    Field("column", "number or null", "column in that line, from 1"),
    Field("message", "text", "what is wrong, in a sentence"),
    Field("hint", "text", "what to write instead; may be empty"),
    Field("fixable", "boolean", "whether there is exactly one way to mend it, which is known"),
]

FINDINGS = Field("findings", "list", "what the checks found, in the order of the file", "finding")

USAGE_FIELDS = [
    Field("calls", "number", "how many"),
    Field("input_tokens", "number", "tokens sent"),
    Field("output_tokens", "number", "tokens received"),
    Field("cached_tokens", "number", "those of `input_tokens` that the provider had cached"),
    Field("cost_usd", "number or null", "US dollars; null where the price is not known"),
]

USAGE = Field("usage", "object", "what all calls to providers took", "usage")

_SPAN = [
    Field("start", "number", "offset of the first character in the brief"),
    Field("end", "number", "offset behind the last character"),
    Field("text", "text", "the part itself"),
    Field("meaning", "text", "what it was taken to mean"),
]

READING = [
    Field("read", "list", "the parts of the brief that were understood", "span"),
    Field("unread", "list", "the parts that were not, without `meaning`", "span"),
    Field("defaults", "list of texts", "what was added without having been asked for"),
]

DESIGN = Field(
    "design",
    "object",
    "the design, with the fields of [expressions.md](expressions.md#the-fields-of-a-design)",
    open=True,
)

MEASUREMENTS = Field(
    "measurements",
    "object",
    "what each evaluator measured, by its name; empty where nothing was run. `backtest` has the "
    "fields of a [backtest result](#backtest-result), and `profit_over_market`, which is "
    "`profit_total` less `market_change`",
    open=True,
)

GATE = [
    Field("name", "text", "name of the gate; `validation` is freqgen's own"),
    Field("passed", "boolean", "whether it has no objection"),
    Field("value", "number, text or null", "what was measured"),
    Field("limit", "number, text or null", "what it was held against"),
    Field("reason", "text", "the judgement in a sentence, also when it passed"),
]

GATES = Field("gates", "list", "the judgements that led to the decision", "gate")

TIMINGS = [
    Field("timings", "object", "seconds by step or phase"),
    Field("timings.*", "number", "seconds; `total` is all of it where it is there"),
]

_ROW = [
    Field("key", "text", "what the row is about"),
    Field("trades", "number", "number of trades"),
    Field("profit_total", "number", "profit as a ratio of the starting balance"),
    Field("profit_total_abs", "number", "profit in the stake currency"),
    Field("wins", "number", "trades that ended in profit"),
    Field("draws", "number", "trades that ended with neither"),
    Field("losses", "number", "trades that ended in loss"),
]

BACKTEST = [
    Field("name", "text", "class name of the strategy"),
    Field("trades", "number", "number of trades"),
    Field("trades_long", "number", "of which long"),
    Field("trades_short", "number", "of which short"),
    Field("profit_total", "number", "profit as a ratio of the starting balance: 0.02 is 2 %"),
    Field("profit_total_abs", "number", "profit in the stake currency"),
    Field("starting_balance", "number", "balance at the beginning"),
    Field("final_balance", "number", "balance at the end"),
    Field("max_drawdown", "number", "largest fall of the balance, as a ratio of its peak"),
    Field("max_drawdown_abs", "number", "the same in the stake currency"),
    Field("sharpe", "number or null", "Sharpe ratio as Freqtrade computes it"),
    Field("sortino", "number or null", "Sortino ratio, likewise"),
    Field("calmar", "number or null", "Calmar ratio, likewise"),
    Field("cagr", "number or null", "compound annual growth, as a ratio"),
    Field("profit_factor", "number or null", "gross profit divided by gross loss"),
    Field("expectancy", "number or null", "average profit of a trade in the stake currency"),
    Field("win_rate", "number or null", "ratio of trades that won; null without trades"),
    Field("wins", "number", "trades that ended in profit"),
    Field("draws", "number", "trades that ended with neither"),
    Field("losses", "number", "trades that ended in loss"),
    Field("avg_duration", "number or null", "average seconds in a trade; null without trades"),
    Field(
        "market_change",
        "number or null",
        "what buying all pairs in equal parts and holding them made, as a ratio",
    ),
    Field("backtest_start", "text", "first candle, after those that indicators need"),
    Field("backtest_end", "text", "last candle"),
    Field("pairs", "list of texts", "what was traded"),
    Field("timeframe", "text", "timeframe of the strategy"),
    Field("timerange", "text", "what was asked for; empty for all candles"),
    Field("stake_currency", "text", "as in `USDT`"),
    Field("stake_amount", "number or text", "as in the configuration"),
    Field("max_open_trades", "number or null", "null where there is no limit"),
    Field("trading_mode", "text", "`spot` or `futures`"),
    Field("rejected_signals", "number", "signals that found no free slot or no balance"),
    Field("fee", "number", "ratio paid for each order"),
    Field(
        "markets",
        "text",
        "`stored` if precisions, limits and fees are the exchange's, `assumed` if they were "
        "derived from the candles",
    ),
    Field("warnings", "list of texts", "what makes the numbers less than they seem"),
    Field("results_file", "text or null", "Freqtrade's own file with the result"),
    Field("seconds", "number", "what the run took"),
    Field("timings", "object", "parts of it"),
    Field("timings.*", "number", "seconds"),
    Field("per_pair", "list", "the result of each pair", "row"),
    Field("per_enter_tag", "list", "the result of each entry tag", "row"),
    Field("per_exit_reason", "list", "the result of each exit reason", "row"),
    Field(
        "trade_list",
        "list",
        "every trade, with Freqtrade's field names; only with `--trades`",
        open=True,
    ),
]

_WHICH = [
    Field("id", "text", "12 letters and digits; any unique beginning of it will do as an argument"),
    Field("name", "text", "name of the strategy"),
    Field("revision", "number", "1, 2, … of that name"),
]

_STATUS = "`draft`, `pending`, `allowed`, `denied`, `approved` or `rejected`"

_DECISION = "`allow`, `review` or `deny`"

RECORD = [
    *_WHICH,
    Field("class_name", "text", "name of the strategy class"),
    Field("parent", "text or null", "id of the revision before"),
    Field("status", "text", _STATUS),
    Field("decision", "text or null", f"what freqgen decided: {_DECISION}"),
    Field("created", "text", "when it was made, ISO 8601 in UTC"),
    Field("path", "text", "where its file belongs, relative to the user directory"),
    Field("brief", "text", "the words it came from"),
    Field("constraints", "object", "what was said beside them, by field of the design", open=True),
    Field(
        "reading",
        "object or null",
        "`read`, `unread` and `defaults`, as for [design](#design)",
        open=True,
    ),
    replace(DESIGN, kind="object or null"),
    Field("design_sha256", "text or null", "digest of the design"),
    Field("design_origin", "text", "who made the design, as in `offline`"),
    Field("source", "text", "the Python file"),
    Field("source_sha256", "text", "digest of it"),
    Field("code_origin", "text", "who wrote it, as in `compiler`"),
    Field("attempts", "number", "how many drafts were written"),
    FINDINGS,
    GATES,
    MEASUREMENTS,
    USAGE,
    *TIMINGS,
    Field("freqgen_version", "text", "version of freqgen that made it"),
    Field("freqtrade_version", "text", "version of Freqtrade that it was checked against"),
]

_ATTEMPT = [
    Field("record_id", "text", "the record it belongs to"),
    Field("number", "number", "1, 2, … in the order in which they were made"),
    Field("step", "text", "`design`, `code` or `repair`"),
    Field("provider", "text", "who was asked"),
    Field("model", "text", "which model; empty where there is none"),
    Field("prompt_sha256", "text", "digest of the prompt, which the audit log holds"),
    Field("reply", "text", "the answer"),
    FINDINGS,
    Field("seconds", "number", "how long the answer took"),
    USAGE,
    Field("error", "text", "why there is no usable answer; empty if there is one"),
]

_CHANGE = [
    Field("record_id", "text", "the record it is about"),
    Field("time", "text", "when, ISO 8601 in UTC"),
    Field("previous", "text or null", "status before; null for freqgen's own decision"),
    Field("status", "text", "status from then on"),
    Field("reason", "text", "why, in the words of who decided; may be empty"),
]

_CHECKED_FILE = [
    Field("file", "text", "the file, as it was named"),
    Field("passed", "boolean", "whether nothing blocks"),
    Field("class_name", "text", "the class that was checked"),
    FINDINGS,
    *TIMINGS,
]

_DECIDED = _group(
    "record",
    "object",
    "the record as it is now",
    [
        *_WHICH,
        Field("status", "text", _STATUS),
        Field("path", "text", "where its file is now"),
    ],
)

_PAPER_TRADE = [
    Field("id", "number", "of Freqtrade's database"),
    Field("pair", "text", "what was traded"),
    Field("is_open", "boolean", "whether it is still open"),
    Field("is_short", "boolean", "whether it is a short"),
    Field("leverage", "number", "its leverage"),
    Field("open_date", "text", "when it was opened, ISO 8601 in UTC"),
    Field("close_date", "text or null", "when it was closed"),
    Field("open_rate", "number", "price of the entry"),
    Field("close_rate", "number or null", "price of the exit"),
    Field("amount", "number", "amount in the base currency"),
    Field("stake_amount", "number", "stake in the stake currency"),
    Field("profit_ratio", "number or null", "profit as a ratio of the stake"),
    Field("profit_abs", "number or null", "profit in the stake currency"),
    Field("enter_tag", "text or null", "the rule that opened it"),
    Field("exit_reason", "text or null", "what closed it"),
]

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
        Field("decision", "text", _DECISION),
        *_group(
            "record",
            "object",
            "what was stored",
            [*_WHICH, Field("path", "text", "the strategy's file, allowed or not")],
        ),
        DESIGN,
        *READING,
        Field("attempts", "number", "how many drafts were written"),
        FINDINGS,
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
        USAGE,
        Field("file", "text", "where it was written; only with `--output`"),
    ],
    "validate": [
        *_CHECKED_FILE,
        Field(
            "files",
            "list",
            "the fields above for each of several files; then only `passed` stands beside it",
            "checked file",
        ),
    ],
    "backtest": [
        Field("market", "text", "`synthetic` with `--demo`, else `real`"),
        Field(
            "results", "list", "one result a strategy, in the order asked for", "backtest result"
        ),
    ],
    "list-indicators": _group(
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
            *_group(
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
            *_group(
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
    "list": _group(
        "records[]",
        "list",
        "the newest first",
        [
            *_WHICH,
            Field("parent", "text or null", "id of the revision before"),
            Field("status", "text", _STATUS),
            Field("decision", "text or null", f"what freqgen decided: {_DECISION}"),
            Field("created", "text", "when it was made, ISO 8601 in UTC"),
            Field("brief", "text", "the words it came from"),
        ],
    ),
    "show": [
        Field("record", "object", "everything that was stored", "record"),
        Field("path", "text", "where its file belongs"),
        Field("decisions", "list", "what was decided about it, the first one first", "change"),
        Field("attempts", "list", "every question to a provider and its answer", "attempt"),
        Field("source", "text", "the Python file; alone, with `--code`"),
        replace(DESIGN, meaning="the design; alone, with `--design`"),
        replace(FINDINGS, meaning="the findings; alone, with `--findings`"),
    ],
    "approve": _DECIDED,
    "reject": _DECIDED,
    "list-plugins": _group(
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
    "paper": PAPER,
    "download-markets": [Field("path", "text", "the file with the market table")],
}
"""The fields of every verb, without ``schema`` and ``ok``, which all have."""

SHARED: dict[str, list[Field]] = {
    "finding": FINDING,
    "gate": GATE,
    "span": _SPAN,
    "usage": USAGE_FIELDS,
    "checked file": _CHECKED_FILE,
    "backtest result": BACKTEST,
    "row": _ROW,
    "paper trade": _PAPER_TRADE,
    "record": RECORD,
    "attempt": _ATTEMPT,
    "change": _CHANGE,
}
"""Objects within those of several verbs, or too large to stand there."""

VERSIONS = [
    Field("versions", "object", "of `freqgen`, `freqtrade` and `python`"),
    Field("versions.*", "text", "a version"),
]

ERROR = [
    Field("error", "object", "what went wrong"),
    Field("error.type", "text", "class of the error, see [errors.md](errors.md)"),
    Field("error.message", "text", "what happened, in a sentence"),
    Field("error.hint", "text", "what to do next; may be empty"),
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
