"""Turns this process into another program that is told when its parent ends.

``python -m freqgen.evaluation.launch PARENT_PID PROGRAM ARGUMENT…``: on Linux the program gets
the signal of Ctrl-C when the process that started it is gone, however that happened.
"""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> bool:
    """Ask Linux for SIGINT at the parent's end; elsewhere do nothing.

    :param parent: Id of the parent at the start.
    :returns: Whether the parent is still there.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    return os.getppid() == parent


def main(arguments: list[str]) -> None:
    """Become the program."""
    parent, *program = arguments
    if not end_with_parent(int(parent)):
        sys.exit(1)
    # Ignored signals are inherited; the bot must hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.execv(program[0], program)  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
