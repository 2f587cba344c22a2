"""Paper trading: Freqtrade's own dry-run bot, started, watched and stopped.

The bot is an ordinary ``freqtrade trade --dry-run`` with the user's configuration, without
the exchange's keys, and with a database of its own, which the next start continues.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from freqgen.evaluation.bot import GRACE_SECONDS, Bot
from freqgen.evaluation.engine_config import DEFAULTS, json_value
from freqgen.evaluation.overrides import class_attributes, replaced
from freqgen.evaluation.trades_database import read_trades
from freqgen.exceptions import EngineError, StoreError, UsageError
from freqgen.printable import printable

if TYPE_CHECKING:
    from freqgen.draft import ValidatedDraft
    from freqgen.settings import Workspace

_STATIC = "StaticPairList"

_SECRETS = frozenset(
    {
        "key",
        "apikey",
        "secret",
        "password",
        "uid",
        "accountid",
        "walletaddress",
        "privatekey",
        "login",
        "token",
        "twofa",
    }
)
"""Fields of the exchange's section that are keys: in ccxt's spelling or Freqtrade's, any case."""

_SECRET_HEADER = re.compile(r"key|auth|token|secret|sign|pass|cookie|session", re.IGNORECASE)

_LEFT_OUT = frozenset(
    {
        # What the command line decides.
        *("datadir", "db_url", "db_url_from", "strategy", "strategy_path", "user_data_dir"),
        "timeframe",  # the strategy's own, which is the one that was checked
        # Files that were read already.
        *("add_config_files", "config_files", "original_config", "freqgen"),
        # What makes Freqtrade load code, or any class that is named: logging.config calls what
        # log_config names, FreqAI loads a model's file, the others a strategy's or a loss's.
        *("log_config", "freqai", "freqaimodel", "freqaimodel_path", "strategy_list"),
        *("recursive_strategy_search", "hyperopt", "hyperopt_path", "hyperopt_loss"),
        # What concerns other commands than trade, files that they write and read among it.
        *("analyze_per_epoch", "backtest_breakdown", "backtest_cache", "candle_type_def"),
        *("disableparamexport", "download_trades", "early_stop", "epochs", "export"),
        *("exportdirectory", "exportfilename", "fthypt_file", "hyperopt_jobs"),
        *("hyperopt_min_trades", "hyperopt_random_state", "lookahead_analysis_exportfilename"),
        *("minimum_trade_amount", "new_pairs_days", "pairs", "print_all", "runmode", "spaces"),
        *("startup_candle", "targeted_trade_amount", "timerange"),
    }
)
"""Fields of the configuration that a bot on paper does not get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReport:
    """What a bot did on paper. Amounts are in the stake currency, times ISO 8601 in UTC.

    :param name: Class name of the strategy.
    :param database: Freqtrade's database of this strategy's paper trades.
    :param seconds: How long the bot ran this time.
    :param opened: Trades that were opened in this run; ``closed`` likewise.
    :param profit_abs: Profit of the trades that were closed in this run.
    :param total_closed: Closed trades in the database, earlier runs included.
    :param total_profit_abs: Their profit.
    :param open_positions: Trades that are still open; the next run takes them up again.
    :param trades: Trades that were opened or closed in this run.
    :param continued: Whether the database held trades of an earlier run.
    """

    name: str
    database: str
    started: str
    ended: str
    seconds: float
    stake_currency: str
    opened: int
    closed: int
    profit_abs: float
    total_closed: int
    total_profit_abs: float
    open_positions: list[dict[str, Any]]
    trades: list[dict[str, Any]]
    continued: bool

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


def paper_trade(
    draft: ValidatedDraft,
    *,
    workspace: Workspace,
    pairs: Sequence[str] = (),
    progress: Callable[[str], object] | None = None,
    on_log: Callable[[str], object] | None = None,
    grace: float = GRACE_SECONDS,
) -> PaperReport:
    """Trade on paper until Ctrl-C, SIGTERM, or until the bot ends by itself.

    The bot's log goes to standard error. Call it from the main thread, or nothing can stop
    the bot but its end.

    :param workspace: Whose configuration and folders to use.
    :param pairs: What to trade where the configuration names no pairs, see :func:`needs_pairs`.
    :param progress: Told what goes on, in a sentence.
    :param on_log: Told each line of the bot's log, from another thread.
    :param grace: Seconds that the bot may take to stop.
    :raises UsageError: If the configuration cannot trade, or the strategy is being traded.
    :raises EngineError: If the bot ended without having been asked to.
    """
    name = draft.class_name
    config = bot_config(workspace.config, pairs)
    # The bot works in a folder of its own: no path may depend on the one that we are in.
    home = workspace.folder(workspace.home / "paper").absolute()
    database = home / f"{name}.sqlite"
    with (
        _only_one(home / f"{name}.lock", name) as lock,
        _private(home / f"{name}.run") as private,
    ):
        strategies = private / "strategies"
        strategies.mkdir()
        (strategies / f"{name}.py").write_text(draft.source, encoding="utf-8")
        # A file, so that the bot can be told to read its configuration again.
        file = private / "config.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(config), encoding="utf-8")
        if progress is not None:
            for warning in replaced(class_attributes(draft.source, name), config):
                progress(f"Warning: {warning}")
            progress(f"Trading {name} on paper; Ctrl-C stops it")
        before = read_trades(database)
        started, clock = datetime.now(UTC), monotonic()
        bot = Bot(
            [
                # -P, and a folder of our own: no code of the folder that we are in is run.
                *(sys.executable, "-P", "-m", "freqtrade", "trade", "--dry-run"),
                *("--config", str(file), "--strategy", name),
                *("--strategy-path", str(strategies), "--db-url", f"sqlite:///{database}"),
                *("--userdir", str(workspace.user_data_dir.absolute())),
                *("--datadir", str(workspace.datadir.absolute())),
            ],
            cwd=private,
            lock=lock,
            on_log=on_log,
            grace=grace,
        )
        stopped = bot.run()
        seconds = monotonic() - clock
    if not stopped:
        raise EngineError(
            f"the bot ended by itself after {seconds:.0f} s: {bot.reason()}",
            hint="correct what it says, then start it again; its trades are kept",
        )
    after = read_trades(database)
    opened, closed = changes(before, after)
    return PaperReport(
        name=name,
        database=str(database),
        started=started.isoformat(timespec="seconds"),
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        stake_currency=str(config["stake_currency"]),
        opened=len(opened),
        closed=len(closed),
        profit_abs=_profit(closed),
        total_closed=sum(not trade["is_open"] for trade in after),
        total_profit_abs=_profit(trade for trade in after if not trade["is_open"]),
        open_positions=[trade for trade in after if trade["is_open"]],
        trades=[trade for trade in after if trade in opened or trade in closed],
        continued=bool(before),
    )


def changes(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Tell what was opened and what was closed between two looks at a database.

    :returns: Trades as they are after; one that was opened and closed is in both lists.
    """
    known = {trade["id"] for trade in before}
    settled = {trade["id"] for trade in before if not trade["is_open"]}
    opened = [trade for trade in after if trade["id"] not in known]
    closed = [trade for trade in after if not trade["is_open"] and trade["id"] not in settled]
    return opened, closed


def _profit(trades: Any) -> float:
    return float(sum(trade["profit_abs"] or 0.0 for trade in trades))


def needs_pairs(config: Mapping[str, Any]) -> bool:
    """Whether the pairs to trade must be named and a configuration names none."""
    methods = [item.get("method") for item in config.get("pairlists") or [{"method": _STATIC}]]
    return _STATIC in methods and not config.get("exchange", {}).get("pair_whitelist")


def bot_config(config: Mapping[str, Any], pairs: Sequence[str] = ()) -> dict[str, Any]:
    """Make the configuration of a bot that can do no harm.

    Dry-run always, no keys of the exchange, and whatever the command line decides left out.

    :param pairs: What to trade where it names no pairs.
    :raises UsageError: If there are no pairs.
    """
    kept = {
        key: json_value(value)
        for key, value in {**DEFAULTS, **config}.items()
        if key not in _LEFT_OUT
    }
    exchange = _without_secrets(dict(kept.get("exchange", {})))
    kept["exchange"] = exchange
    if needs_pairs(kept):
        if not pairs:
            raise UsageError(
                "the configuration names no pairs to trade",
                hint='add "pair_whitelist": ["BTC/USDT"] to the section "exchange"',
            )
        exchange["pair_whitelist"] = list(pairs)
    kept["dry_run"] = True
    logfile = kept.get("logfile")
    if logfile and str(logfile).partition(":")[0] not in {"syslog", "journald"}:
        kept["logfile"] = str(Path(logfile).absolute())
    kept.setdefault("pairlists", [{"method": _STATIC}])
    kept.setdefault("initial_state", "running")
    return kept


def _without_secrets(value: Any, *, headers: bool = False) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item, headers=headers) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        name = key.lower().replace("_", "")
        if name not in _SECRETS and not (headers and _SECRET_HEADER.search(key)):
            kept[key] = _without_secrets(item, headers=headers or name == "headers")
    return kept


@contextlib.contextmanager
def _private(folder: Path) -> Iterator[Path]:
    """A folder for the owner's eyes; one that a killed process left behind goes first."""
    try:
        if folder.is_symlink() or folder.is_file():
            folder.unlink()  # the link, never what it points to
        elif folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    except OSError as exc:
        raise StoreError(
            f'the folder "{printable(folder)}" cannot be made anew: {exc.strerror or exc}',
            hint="remove it, or see to who may write there",
        ) from exc
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _only_one(lock: Path, name: str) -> Iterator[int]:
    """Keep two bots from the same database.

    :returns: The lock's descriptor, for the bot to inherit: the lock lasts as long as anybody
        has it open, so that a bot that outlives a killed freqgen keeps it.
    """
    try:
        # Nothing is written to it, and a link that lies there is not followed.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(lock, flags, 0o600)
    except OSError as exc:
        raise StoreError(
            f'the lock "{lock}" cannot be opened: {exc.strerror or exc}',
            hint="it must be a file of yours and no link; remove what is there",
        ) from exc
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{name} is being traded on paper already",
                hint="stop the other bot first; one whose freqgen was killed stops by itself",
            ) from None
        yield descriptor
    finally:
        os.close(descriptor)
