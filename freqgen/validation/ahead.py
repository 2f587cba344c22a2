"""Work that is done ahead of whoever needs its results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Calls functions in threads, in order.

    The threads end with the process: who presses Ctrl-C does not wait for them.

    :param calls: What is to be called.
    :param threads: How many at the same time.
    """

    def __init__(self, calls: Sequence[Callable[[], T]], *, threads: int) -> None:
        self._due: SimpleQueue[tuple[Future[T], Callable[[], T]]] = SimpleQueue()
        self.results: list[Callable[[], T]] = []
        """For each call what waits for it, and gives or raises what came of it."""
        for call in calls:
            future: Future[T] = Future()
            self._due.put((future, call))
            self.results.append(future.result)
        for _ in range(threads):
            threading.Thread(target=self._work, name="freqgen-ahead", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing more."""
        while True:
            try:
                self._due.get_nowait()
            except Empty:
                return

    def _work(self) -> None:
        while True:
            try:
                future, call = self._due.get_nowait()
            except Empty:
                return
            try:
                future.set_result(call())
            except BaseException as exc:  # noqa: BLE001  (handed to who waits)
                future.set_exception(exc)
