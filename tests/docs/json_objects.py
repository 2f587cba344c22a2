"""The objects of ``--json`` that several verbs print, or that are large."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


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


def group(parent: str, kind: str, meaning: str, fields: Iterable[Field]) -> list[Field]:
    """An object, or with ``[]`` behind its name a list of them, and its fields."""
    within = [replace(field, path=f"{parent}.{field.path}") for field in fields]
    return [Field(parent.removesuffix("[]"), kind, meaning), *within]


FINDING = [
    Field("code", "text", "stable code, as in `FG201`; see [findings.md](findings.md)"),
    Field("severity", "text", "`error` blocks, `warning` does not"),
    Field("phase", "text", "`parse`, `structure`, `types`, `behaviour` or `evaluation`"),
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

_UNREAD = [
    *_SPAN[:-1],
    Field("meaning", "text", "why it was not understood; may be empty"),
    Field("blocks", "boolean", "whether the text is refused for it, unless `--ignore-unread`"),
]

READING = [
    Field("read", "list", "the parts of the brief that were understood", "span"),
    Field(
        "overridden",
        "list",
        "the parts that were understood and are not used, for something else was said beside the "
        "brief; `meaning` says what",
        "span",
    ),
    Field("unread", "list", "the parts that were not understood", "unread span"),
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
    "`profit_total` less `market_change`; `profile`, and "
    "[on request](configuration.md#evaluators) `lookahead-analysis` and `recursive-analysis`, "
    "have [fields of their own](#profile)",
    open=True,
)

PROFILE = [
    Field("milliseconds_p50", "number", "median time from a new candle to its signal"),
    Field("milliseconds_p95", "number", "the 95th percentile of it"),
    Field("candles", "number", "candles of the frame, as a bot has them"),
    Field("loaded_on", "text", "the pair whose candles they were, or `synthetic`"),
    Field("costliest", "list", "the lines of the strategy that take most, at most five"),
    Field("costliest[].line", "number", "line in the source"),
    Field("costliest[].text", "text", "what stands there"),
    Field("costliest[].milliseconds", "number", "what it takes in one pass"),
    Field("costliest[].share", "number", "ratio of what all lines of the strategy take"),
]

_FAILED = Field("failed", "text", "why there is nothing else, if there is not")

LOOKAHEAD = [
    Field("biased", "boolean or null", "what Freqtrade says; null where there were too few trades"),
    Field("signals", "number", "trades that it looked at"),
    Field("biased_entries", "number", "of which entered otherwise without later candles"),
    Field("biased_exits", "number", "of which left otherwise"),
    Field("biased_indicators", "list of texts", "columns that differed"),
    _FAILED,
]

RECURSIVE = [
    Field("variance", "object", "by indicator"),
    Field("variance.*", "object", "by number of candles before the newest"),
    Field("variance.*.*", "number or null", "difference of the newest value, as a ratio"),
    _FAILED,
]

SANDBOX_FIELDS = [
    Field("level", "text", "`full`, `strong`, `partial` or `none`"),
    Field("landlock", "number", "version of Landlock that holds; 0 where there is none"),
    Field("reason", "text", "what does not hold, and why; empty at the level `full`"),
]

SANDBOX = Field(
    "sandbox",
    "object or null",
    "how well this machine holds a strategy, see [sandbox.md](../explanation/sandbox.md#levels); "
    "null where none was run",
    "sandbox",
)

TRIED_ON = group(
    "tried_on",
    "object or null",
    "the candles that the checks of the phase `behaviour` ran it on; null where none did",
    [
        Field("pair", "text", "whose candles; a name that there is not where they are made up"),
        Field("timeframe", "text", "timeframe of the strategy"),
        Field("candles", "number", "how many"),
        Field("market", "text", "`real`; `synthetic` if made up, or of the demo market"),
        Field("reason", "text", "why they were made up; empty if not"),
    ],
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
    Field(
        "sandbox",
        "text",
        "the level of the sandbox that held the strategy; `none` where nothing does, and only "
        "what freqgen compiled is run",
    ),
    Field("warnings", "list of texts", "what makes the numbers less than they seem"),
    Field(
        "missing_data",
        "list of texts",
        "those of the warnings that say which data counts as zero because it is not there: "
        "funding rates and mark prices of futures",
    ),
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

WHICH = [
    Field("id", "text", "12 letters and digits; any unique beginning of it will do as an argument"),
    Field("name", "text", "name of the strategy"),
    Field("revision", "number", "1, 2, … of that name"),
]

MARKET = Field(
    "market",
    "text or null",
    "what its backtest ran on: `synthetic` candles or `real` ones; null where nothing was run",
)

IN_USE = Field(
    "in_use", "boolean", "whether its file is the one in `strategies/`, and was not edited"
)

STATUS = "`draft`, `pending`, `allowed`, `denied`, `approved` or `rejected`"

DECISION = "`allow`, `review` or `deny`"

RECORD = [
    *WHICH,
    Field("class_name", "text", "name of the strategy class"),
    Field("parent", "text or null", "id of the revision before"),
    Field("status", "text", STATUS),
    Field("decision", "text or null", f"what freqgen decided: {DECISION}"),
    Field("created", "text", "when it was made, ISO 8601 in UTC"),
    Field("path", "text", "where its file belongs, relative to the user directory"),
    Field("brief", "text", "the words it came from"),
    Field(
        "constraints",
        "object",
        "what was said beside them: fields of the design, `direction`, `pairs`, `stake_amount` and "
        "`dry_run_wallet`",
        open=True,
    ),
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
    MARKET,
    Field("exchange", "text", "whose rules the backtest followed; empty where nothing was run"),
    Field("trading_mode", "text", "`spot` or `futures`; empty where nothing was run"),
    Field(
        "timerange",
        "text",
        "first and last day tested, as in `20240101-20241231`; empty where nothing was run",
    ),
    USAGE,
    *TIMINGS,
    Field("freqgen_version", "text", "version of freqgen that made it"),
    Field("freqtrade_version", "text", "version of Freqtrade that it was checked against"),
]

REASON = Field(
    "reason",
    "text",
    "why the code was asked for: `first`, `repair` of the draft before, or `fresh`, because "
    "mending led nowhere; empty for a design",
)
MENDED = Field(
    "mended",
    "list",
    "what freqgen put right in it by itself, with the places in the code as it came",
    "finding",
)
DRAFTS = Field("drafts", "list", "every draft that was written, in order", "draft")

_DRAFT = [
    Field("number", "number", "1, 2, … in the order in which they were made"),
    REASON,
    Field("kept", "boolean", "whether it is the one that is kept: it passed, or got furthest"),
    Field("passed", "boolean", "whether nothing blocks"),
    MENDED,
    Field("blocking", "list", "what blocks", "finding"),
]

_ATTEMPT = [
    Field("record_id", "text", "the record it belongs to"),
    Field("number", "number", "1, 2, … in the order in which they were made"),
    Field("step", "text", "`design`, `code` or `repair`"),
    Field("provider", "text", "who was asked"),
    Field("model", "text", "which model; empty where there is none"),
    Field("prompt_sha256", "text", "digest of the prompt, which the audit log holds"),
    Field("reply", "text", "the answer as it came"),
    REASON,
    Field("source", "text", "the code after freqgen mended it; empty where it mended nothing"),
    FINDINGS,
    MENDED,
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

ERROR = [
    Field("error.type", "text", "class of the error, see [errors.md](errors.md)"),
    Field("error.message", "text", "what happened, in a sentence"),
    Field("error.hint", "text", "what to do next; may be empty"),
]

CHECKED_FILE = [
    Field("file", "text", "the file, as it was named"),
    Field("passed", "boolean", "whether nothing blocks"),
    Field("class_name", "text", "the class that was checked"),
    FINDINGS,
    Field(
        "silenced", "list", "findings that `# noqa` silences, which count for nothing", "finding"
    ),
    Field(
        "mended",
        "list",
        "what `--fix` mended, or `--diff` would; `findings` is then what is left; their lines are "
        "those of the text that they were found in; only with one of the two",
        "finding",
    ),
    Field("diff", "text", "how, as a unified diff; only with one of the two"),
    *TIMINGS,
    replace(SANDBOX, meaning=f"{SANDBOX.meaning}, as with `--static` or where an error came first"),
    *TRIED_ON,
    Field(
        "error",
        "object or null",
        "why one of several files could not be checked to the end; null where it was",
    ),
    *ERROR,
]

REFUSED = [
    Field("name", "text", "the class, or the file's name where it is not known"),
    Field("file", "text", "the file, as it was named; not for a record"),
    replace(FINDINGS, meaning=f"{FINDINGS.meaning}; not for a record"),
    Field("id", "text", "id of the record; not for a file"),
    Field("revision", "number", "its revision; not for a file"),
    Field(
        "error",
        "object or null",
        "why it could not be backtested, as candles that are missing; null where that is a finding",
    ),
    *ERROR,
]

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

SHARED: dict[str, list[Field]] = {
    "finding": FINDING,
    "gate": GATE,
    "span": _SPAN,
    "unread span": _UNREAD,
    "usage": USAGE_FIELDS,
    "sandbox": SANDBOX_FIELDS,
    "profile": PROFILE,
    "lookahead-analysis": LOOKAHEAD,
    "recursive-analysis": RECURSIVE,
    "checked file": CHECKED_FILE,
    "refused strategy": REFUSED,
    "backtest result": BACKTEST,
    "row": _ROW,
    "paper trade": _PAPER_TRADE,
    "record": RECORD,
    "attempt": _ATTEMPT,
    "draft": _DRAFT,
    "change": _CHANGE,
}
"""Objects within those of several verbs, or too large to stand there."""
