"""Options that several verbs share, named as Freqtrade names them."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from dataclasses import dataclass
from typing import Any

BEFORE = "before_verb_"
"""Prefix of what was given before the verb, so that the verb's own values do not hide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonOption:
    """An option that is accepted before and after every verb.

    :param keywords: For :meth:`argparse.ArgumentParser.add_argument`.
    """

    dest: str
    names: tuple[str, ...]
    default: Any
    keywords: dict[str, Any]


COMMON = (
    CommonOption(
        dest="config",
        names=("-c", "--config"),
        default=(),
        keywords={
            "action": "append",
            "metavar": "PATH",
            "help": "configuration file; may be given several times, the last one wins; - is "
            "standard input (default: config.json in the user directory or here)",
        },
    ),
    CommonOption(
        dest="user_data_dir",
        names=("--userdir", "--user-data-dir"),
        default=None,
        keywords={"metavar": "PATH", "help": "user directory (default: user_data)"},
    ),
    CommonOption(
        dest="datadir",
        names=("-d", "--datadir", "--data-dir"),
        default=None,
        keywords={
            "metavar": "PATH",
            "help": "folder with candles (default: data/EXCHANGE in the user directory)",
        },
    ),
    CommonOption(
        dest="verbosity",
        names=("-v", "--verbose"),
        default=0,
        keywords={"action": "count", "help": "more about what happens; -vv for everything"},
    ),
    CommonOption(
        dest="logfile",
        names=("--logfile", "--log-file"),
        default=None,
        keywords={"metavar": "FILE", "help": "write the log to this file too"},
    ),
    CommonOption(
        dest="json",
        names=("--json",),
        default=False,
        keywords={"action": "store_true", "help": "print one JSON object instead of text"},
    ),
    CommonOption(
        dest="no_color",
        names=("--no-color",),
        default=False,
        keywords={"action": "store_true", "help": "print without colours"},
    ),
)


def add_common_options(parser: ArgumentParser, *, before_verb: bool = False) -> None:
    """Add the options that every verb has.

    None of them has a default of its own: argparse would let a default after the verb
    overwrite what was given before it. :func:`settle` fills them in.
    """
    group = parser.add_argument_group("common options")
    for option in COMMON:
        dest = BEFORE + option.dest if before_verb else option.dest
        group.add_argument(*option.names, dest=dest, default=SUPPRESS, **option.keywords)


def settle(args: Namespace) -> Namespace:
    """Join what was given before and after the verb: lists and counts add up, else the last wins.

    :returns: The same namespace, with every common option set.
    """
    for option in COMMON:
        before = vars(args).pop(BEFORE + option.dest, None)
        after = getattr(args, option.dest, None)
        action = option.keywords.get("action")
        if action == "append":
            value: Any = (*(before or ()), *(after or ()))
        elif action == "count":
            value = (before or 0) + (after or 0)
        else:
            value = next((given for given in (after, before) if given is not None), option.default)
        setattr(args, option.dest, value)
    return args


def add_model_options(parser: ArgumentParser, *, design: bool = True, code: bool = True) -> None:
    """Add ``--design-model`` and ``--code-model``; where left out, the settings decide."""
    if design:
        parser.add_argument(
            "--design-model",
            metavar="MODEL",
            help="who designs: provider or provider:model (default: the setting design_model)",
        )
    if code:
        parser.add_argument(
            "--code-model",
            metavar="MODEL",
            help="who codes: provider or provider:model (default: the setting code_model; of a "
            "design with conditions in words the model that made it)",
        )


def add_backtest_options(parser: ArgumentParser) -> None:
    """Add what a backtest does differently from the configuration, as Freqtrade has it."""
    parser.add_argument(
        "--timerange",
        metavar="RANGE",
        help="period to test, as in 20240101-20240601 or 20240101- (default: all candles)",
    )
    add_trading_options(parser)
    parser.add_argument(
        "--fee", type=float, metavar="RATIO", help="fee of each order, as in 0.001 for 0.1 %%"
    )


def add_trading_options(parser: ArgumentParser) -> None:
    """Add what is traded and with how much: ``-p``, ``--max-open-trades`` and the budget."""
    parser.add_argument(
        "-p", "--pairs", nargs="+", metavar="PAIR", help="pairs (default: the configuration's)"
    )
    parser.add_argument(
        "--max-open-trades",
        metavar="N",
        help="trades open at the same time",
    )
    parser.add_argument(
        "--stake-amount",
        metavar="AMOUNT",
        help="stake of each trade, or unlimited to share the balance among them "
        "(default: the configuration's)",
    )
    parser.add_argument(
        "--dry-run-wallet",
        "--starting-balance",
        type=float,
        metavar="AMOUNT",
        help="balance to start with (default: the configuration's)",
    )


def add_timeframe_option(parser: ArgumentParser) -> None:
    """Add ``-i``."""
    parser.add_argument(
        "-i", "--timeframe", metavar="TIMEFRAME", help="length of a candle, as in 5m, 1h or 1d"
    )


def add_unread_option(parser: ArgumentParser) -> None:
    """Add ``--ignore-unread``."""
    parser.add_argument(
        "--ignore-unread",
        action="store_true",
        help="go on without words that were not understood, also where they belong to an entry "
        "or a stop",
    )


def add_partial_option(parser: ArgumentParser) -> None:
    """Add ``--accept-partial``."""
    parser.add_argument(
        "--accept-partial",
        action="store_true",
        help="run strategies also where the sandbox is only partial (freqgen doctor)",
    )
