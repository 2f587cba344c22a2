"""Where the program begins: what must be in order before anything of size is imported."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130


def open_closed_streams() -> None:
    """Give the three standard files to nobody's use where the caller closed them.

    The next file that is opened would get the number of the closed one otherwise, and what is
    printed would go into it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def run() -> NoReturn:
    """Run the command line of the process and end it."""
    # An exception would be lost or changed on its way through half-imported modules, and there
    # is nothing to put in order yet.
    waiting = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if waiting:
        signal.signal(signal.SIGINT, _end)
    open_closed_streams()
    from freqgen import main

    try:
        if waiting:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            # CI systems and service managers end a program so, with files half-written if nobody
            # listens, and with what a model was paid for.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        main.run()
    except KeyboardInterrupt:
        _end(signal.SIGINT, None)
    finally:
        gc.freeze()  # or Python spends seconds on what ends with the process anyway


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    try:
        os.write(2, b"freqgen: interrupted; nothing is half-written\n")
    finally:
        os._exit(INTERRUPTED)
