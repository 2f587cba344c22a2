"""The process of a bot on paper: started, listened to, asked to stop, and ended."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from freqgen.evaluation.process import child_environment

GRACE_SECONDS = 30.0
"""How long a bot that was asked to stop may take before it is ended."""

_ENVIRONMENT = frozenset(
    {
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
        *("ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "curl_ca_bundle"),
        *("pythonunbuffered", "term", "colorterm", "no_color"),
    }
)
"""Variables, in any case, that a bot gets besides those of every process that runs strategies:
how it reaches its exchange, and how its log looks."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_RECORD = re.compile(r"\d{4}-\d\d-\d\d ")
_FAILURE = re.compile(r" - (ERROR|CRITICAL) - (?P<message>.+)")


def bot_environment() -> dict[str, str]:
    """Build the environment of a bot: what it needs to run and to reach its exchange.

    The configuration already holds what Freqtrade's own variables say; keys, such as a language
    model's, are not for a strategy to read.
    """
    environment = child_environment() | {
        key: value for key, value in os.environ.items() if key.lower() in _ENVIRONMENT
    }
    if sys.stderr.isatty():
        environment["COLUMNS"] = str(max(shutil.get_terminal_size().columns, 120))
        environment["FORCE_COLOR"] = "1"
    else:
        environment["COLUMNS"] = "400"
    return environment


class Bot:
    """The bot's process, from its start to its end.

    :param command: The program and its arguments.
    :param cwd: The folder that it works in; by default the one that we are in.
    :param lock: A descriptor that it inherits.
    :param on_log: Told each line of its output, from another thread.
    :param grace: Seconds that it may take to stop when it is asked to.
    """

    def __init__(
        self,
        command: list[str],
        *,
        cwd: Path | None = None,
        lock: int | None = None,
        on_log: Callable[[str], object] | None = None,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._command = command
        self._cwd = cwd
        self._inherited = () if lock is None else (lock,)
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
        launch = [sys.executable, "-P", "-m", "freqgen.evaluation.launch", str(os.getpid())]
        return subprocess.Popen(
            launch + self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=bot_environment(),
            cwd=self._cwd,
            pass_fds=self._inherited,
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
