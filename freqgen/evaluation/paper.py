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
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from freqgen.evaluation.engine import DEFAULTS, json_value
from freqgen.evaluation.trades_database import read_trades
from freqgen.exceptions import EngineError, UsageError

if TYPE_CHECKING:
    from freqgen.draft import ValidatedDraft
    from freqgen.settings import Workspace

GRACE_SECONDS = 30.0
"""How long a bot that was asked to stop may take before it is ended."""

_STATIC = "StaticPairList"

_SECRETS = frozenset(
    {
        "key",
        "api_key",
        "apiKey",
        "secret",
        "password",
        "uid",
        "account_id",
        "accountId",
        "wallet_address",
        "walletAddress",
        "private_key",
        "privateKey",
    }
)
_REPLACED = frozenset(
    {
        "add_config_files",
        "config_files",
        "datadir",
        "db_url",
        "db_url_from",
        "freqgen",
        "recursive_strategy_search",
        "strategy",
        "strategy_path",
        "timeframe",  # the strategy's own, which is the one that was checked
        "user_data_dir",
    }
)
_SECRET_VARIABLE = re.compile(r"KEY|SECRET|TOKEN|PASSW|CREDENTIAL", re.IGNORECASE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_RECORD = re.compile(r"\d{4}-\d\d-\d\d ")
_FAILURE = re.compile(r" - (ERROR|CRITICAL) - (?P<message>.+)")


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
    home = workspace.folder(workspace.home / "paper")
    database = home / f"{name}.sqlite"
    with _only_one(home / f"{name}.lock", name), _private(home / f"{name}.run") as private:
        strategies = private / "strategies"
        strategies.mkdir()
        (strategies / f"{name}.py").write_text(draft.source, encoding="utf-8")
        # A file, so that the bot can be told to read its configuration again.
        file = private / "config.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(config), encoding="utf-8")
        if progress is not None:
            progress(f"Trading {name} on paper; Ctrl-C stops it")
        before = read_trades(database)
        started, clock = datetime.now(UTC), monotonic()
        bot = Bot(
            [
                *(sys.executable, "-m", "freqtrade", "trade", "--dry-run"),
                *("--config", str(file), "--strategy", name),
                *("--strategy-path", str(strategies), "--db-url", f"sqlite:///{database}"),
                *("--userdir", str(workspace.user_data_dir)),
                *("--datadir", str(workspace.datadir)),
            ],
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
    known = {trade["id"]: trade for trade in before}
    after = read_trades(database)
    opened = [trade for trade in after if trade["id"] not in known]
    closed = [
        trade
        for trade in after
        if not trade["is_open"] and known.get(trade["id"], {"is_open": True})["is_open"]
    ]
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
        if key not in _REPLACED
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
    kept.setdefault("pairlists", [{"method": _STATIC}])
    kept.setdefault("initial_state", "running")
    return kept


def _without_secrets(section: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_secrets(value) if isinstance(value, dict) else value
        for key, value in section.items()
        if key not in _SECRETS
    }


@contextlib.contextmanager
def _private(folder: Path) -> Iterator[Path]:
    """A folder for the owner's eyes; one that a killed process left behind goes first."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _only_one(lock: Path, name: str) -> Iterator[None]:
    """Keep two bots from the same database."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{name} is being traded on paper already",
                hint="stop the other bot first",
            ) from None
        yield


class Bot:
    """The bot's process, from its start to its end.

    :param command: The program and its arguments.
    :param on_log: Told each line of its output, from another thread.
    :param grace: Seconds that it may take to stop when it is asked to.
    """

    def __init__(
        self,
        command: list[str],
        *,
        on_log: Callable[[str], object] | None = None,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._command = command
        self._on_log = on_log
        self._grace = grace
        self._log: deque[str] = deque(maxlen=300)
        self._asked = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None
        self.returncode: int | None = None
        """What it ended with."""

    def run(self) -> bool:
        """Run the bot to its end.

        SIGINT, SIGTERM and SIGHUP (a closed terminal) ask it to stop, the second ends it.

        :returns: Whether it was asked to stop.
        """
        with _handling(self._stop, *_stopping_signals()):
            process = self._process = self._start()
            reader = threading.Thread(target=self._pass_on, args=(process,), daemon=True)
            reader.start()
            try:
                if self._asked:  # before there was anybody to pass it on to
                    self._ask()
                process.wait()
            finally:
                self._kill()
                process.wait()
                if self._timer is not None:
                    self._timer.cancel()
                reader.join()
                if process.stdout is not None:
                    process.stdout.close()
                self.returncode = process.returncode
        return self._asked > 0

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            key: value
            for key, value in os.environ.items()
            # The configuration already holds what Freqtrade's variables say; keys, such as a
            # language model's, are not for a strategy to read.
            if not key.startswith("FREQTRADE__") and not _SECRET_VARIABLE.search(key)
        }
        if sys.stderr.isatty():
            environment["COLUMNS"] = str(max(shutil.get_terminal_size().columns, 120))
            environment["FORCE_COLOR"] = "1"
        else:
            environment["COLUMNS"] = "400"
        launch = [sys.executable, "-m", "freqgen.evaluation.launch", str(os.getpid())]
        return subprocess.Popen(
            launch + self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            # Ctrl-C of a terminal reaches a whole group: the bot shall hear it once, from us.
            start_new_session=True,
        )

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        for block in process.stdout or ():
            line = block.decode(errors="replace")
            # A bot whose log nobody takes any more would wait for it for ever.
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(line)
                sys.stderr.flush()
            plain = _COLOUR.sub("", line).rstrip()
            self._log.append(plain)
            if self._on_log is not None:
                self._on_log(plain)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked += 1
        if self._asked == 1:
            self._ask()
        else:
            self._kill()

    def _ask(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._timer = threading.Timer(self._grace, self._kill)
            self._timer.daemon = True
            self._timer.start()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def reason(self) -> str:
        """Say why it ended, as its log has it."""
        # Freqtrade wraps its log where the terminal ends, and puts tracebacks under a record.
        records: list[list[str]] = []
        for line in filter(None, self._log):
            if _RECORD.match(line) or not records:
                records.append([line])
            else:
                records[-1].append(line)
        for lines in reversed(records):
            if match := _FAILURE.search(" ".join(lines)):
                failed = any(line.startswith("Traceback ") for line in lines)
                return (lines[-1] if failed else match["message"])[:400]
        last = records[-1][-1] if records else ""
        # The last thing that a bot did in order is not why it ended.
        return f"exit code {self.returncode}" if _RECORD.match(last) or not last else last[:400]


def _stopping_signals() -> list[int]:
    """Signals that stop a bot; one that ``nohup`` had ignored stays ignored."""
    hung_up = signal.SIGHUP
    ignored = signal.getsignal(hung_up) is signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([] if ignored else [hung_up])]


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None], *numbers: int) -> Iterator[None]:
    """Handle signals for a while, where that is possible: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
