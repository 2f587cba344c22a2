"""From parsed arguments to what the steps take; shared by several verbs."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from freqgen.brief import without_controls
from freqgen.commands.constraining import (
    add_constraint_options,
    budget,
    max_open_trades,
    risk_constraints,
    trading,
)
from freqgen.commands.options import add_timeframe_option
from freqgen.exceptions import SettingsError, UsageError
from freqgen.printable import command_line, printable

if TYPE_CHECKING:
    from freqgen.brief import Brief
    from freqgen.commands.context import CommandContext
    from freqgen.design.model import Design
    from freqgen.outcome import RunOptions
    from freqgen.pipeline import Freqgen

MAX_INPUT_BYTES = 5_000_000
"""Largest design file or text on standard input that is read."""


def add_brief_arguments(parser: ArgumentParser) -> None:
    """Add the brief and the fields of its design that can be said beside it."""
    parser.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="the idea in plain words; - reads standard input",
    )
    parser.add_argument("--name", metavar="NAME", help="class name of the strategy, in CamelCase")
    add_timeframe_option(parser)
    add_constraint_options(parser)


def add_demo_option(parser: ArgumentParser) -> None:
    """Add ``--demo``."""
    parser.add_argument(
        "--demo",
        action="store_true",
        help="use a synthetic market instead of candles of your own; made on first use",
    )


def check_idea(args: Namespace, *, ask: bool = False) -> None:
    """Refuse arguments without an idea, or with something beside it that cannot be meant.

    :param ask: Whether the idea will be asked for where there is none.
    :raises UsageError: Saying what to give.
    """
    swallowed = [word for word in args.pairs or () if " " in word or "/" not in word]
    if not args.text and swallowed:
        raise UsageError(
            f'-p took "{swallowed[0]}" for a pair, and there is no idea left to work on',
            hint=f"put the idea before -p, as in: freqgen {args.verb} "
            f"{command_line([swallowed[0]])} -p BTC/USDT",
        )
    if not args.text and not ask:
        more = "; or --design FILE; or leave all out on a terminal, to be asked"
        more = more if args.verb == "generate" else ""
        raise UsageError(
            "there is no idea to work on",
            hint=f'freqgen {args.verb} "Buy when RSI(14) is below 30. Sell when RSI rises above '
            f'70. 1h candles."{more}',
        )
    constraints(args)
    trading(args)


def read_text(words: list[str]) -> str:
    """The brief: the words, or standard input for ``-``."""
    if words != ["-"]:
        return " ".join(words)
    return _standard_input()


def _standard_input() -> str:
    if sys.stdin is None:
        raise UsageError(
            "there is no standard input to read", hint="pipe a text into it, or give it as words"
        )
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    return _decoded(data, "standard input")


def _decoded(data: bytes, origin: str) -> str:
    if len(data) > MAX_INPUT_BYTES:
        raise UsageError(f"{origin} is larger than {MAX_INPUT_BYTES:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UsageError(
            f"{origin} is not UTF-8: {exc.reason} at byte {exc.start}",
            hint="save it as UTF-8",
        ) from exc


def make_brief(freqgen: Freqgen, text: str, args: Namespace, context: CommandContext) -> Brief:
    """The brief of a text and of what was said beside it.

    The configuration's timeframe is used where neither has one.

    :raises UsageError: If the text is the name of a file that no plugin reads.
    :raises SettingsError: If the configuration's timeframe is none.
    """
    if _is_file(text) and freqgen.host.load_brief(text, freqgen.settings) is None:
        raise UsageError(
            f'"{printable(text)}" is a file, not an idea',
            hint=f"{context.prog} {args.verb} - < {command_line([text])} reads the idea in it",
        )
    if without_controls(text) != text:
        context.warn("the text has control characters, which are left out")
    brief = freqgen.brief(
        text, name=args.name, constraints=constraints(args), trading=trading(args)
    )
    timeframe = configured_timeframe(freqgen)
    if timeframe is None or "timeframe" in brief.constraints or _may_name_a_time(brief.text):
        return brief
    context.progress(
        f"no timeframe was found in the text; {timeframe} of the configuration is used"
    )
    return replace(
        brief, constraints=MappingProxyType({**brief.constraints, "timeframe": timeframe})
    )


def configured_timeframe(freqgen: Freqgen) -> str | None:
    """The timeframe that the configuration says, if there are such candles.

    :raises SettingsError: If it is none.
    """
    timeframe = freqgen.workspace.config.get("timeframe")
    if not timeframe:
        return None
    try:
        check_timeframe(str(timeframe))
    except UsageError as exc:
        raise SettingsError(f"timeframe: {exc.message}", field="timeframe", hint=exc.hint) from None
    from freqgen.demo import TIMEFRAMES

    return None if freqgen.demo and timeframe not in TIMEFRAMES else str(timeframe)


def _is_file(text: str) -> bool:
    try:
        return not re.search(r"\s", text) and Path(text).is_file()
    except (OSError, ValueError):
        return False


def _may_name_a_time(text: str) -> bool:
    """Whether a text has anything that could be a timeframe, in words or in another language.

    Said beside a text, a timeframe wins over it; so none is said where the text may have one.
    """
    return bool(
        re.search(
            r"\d\s*-?\s*(m|min|mins|h|hr|hrs|d|w)\b|\b[mhdw]\d+\b|minut|hour|da(y|il)|week|month",
            text,
            re.IGNORECASE,
        )
    ) or any(character.isalpha() and not character.isascii() for character in text)


def read_design(file: str) -> Design:
    """Read a design from a file, or from standard input for ``-``.

    :raises UsageError: If it cannot be read.
    :raises DesignError: If it is no design.
    """
    from freqgen.design.model import Design

    if file == "-":
        return Design.from_json(_standard_input(), origin="standard input")
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_INPUT_BYTES + 1)
    except OSError as exc:
        raise UsageError(
            f'the design "{printable(file)}" cannot be read: {exc.strerror}',
            hint='freqgen design "…" > design.json writes one',
        ) from exc
    return Design.from_json(_decoded(data, printable(file)), origin=printable(file))


def check_name(name: str | None) -> None:
    """Refuse what cannot be the name of a class.

    :raises UsageError: With a name that could be.
    """
    if name is None or re.fullmatch(r"[A-Z][A-Za-z0-9]{0,63}", name):
        return
    words = re.findall(r"[A-Za-z0-9]+", name)
    made = "".join(word[:1].upper() + word[1:] for word in words).lstrip("0123456789")[:64]
    raise UsageError(
        f'"{name}" is not a class name: a capital letter, then letters and digits',
        hint=f"as in --name {made or 'MyStrategy'}",
    )


def constraints(args: Namespace) -> dict[str, Any]:
    """Fields of a design that were said beside the text.

    :raises UsageError: If one cannot be meant.
    """
    check_name(args.name)
    given = risk_constraints(args)
    if args.timeframe is None:
        return given
    check_timeframe(args.timeframe)
    return {"timeframe": args.timeframe, **given}


def check_timeframe(timeframe: str) -> None:
    """Refuse what is no timeframe.

    :raises UsageError: Naming the nearest one.
    """
    from difflib import get_close_matches

    from freqgen.design.shape import TIMEFRAMES

    if timeframe not in TIMEFRAMES:
        near = get_close_matches(timeframe.lower(), TIMEFRAMES, n=1)
        raise UsageError(
            f'"{timeframe}" is no timeframe',
            hint=(f"the nearest is {near[0]}; " if near else "")
            + "one of "
            + ", ".join(TIMEFRAMES),
        )


def run_options(args: Namespace) -> RunOptions:
    """What a backtest does differently from the configuration.

    :raises UsageError: If a value cannot be meant.
    """
    from freqgen.outcome import RunOptions

    if args.fee is not None and not 0 <= args.fee < 0.5:
        raise UsageError(
            f"a fee of {args.fee:g} cannot be meant", hint="0.001 is a fee of 0.1 % per order"
        )
    if args.timerange:
        from freqgen.evaluation.timerange import check_timerange

        check_timerange(args.timerange)
    overrides = {
        "fee": args.fee,
        "max_open_trades": max_open_trades(args.max_open_trades),
        **budget(args),
    }
    return RunOptions(
        pairs=tuple(pair for entry in args.pairs or () for pair in entry.split(",") if pair),
        timerange=args.timerange or "",
        overrides=tuple((k, v) for k, v in overrides.items() if v is not None),
    )
