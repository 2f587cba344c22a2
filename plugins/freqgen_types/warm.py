"""What mypy has read of the libraries, kept in memory, and drafts checked against it.

What takes mypy its time is not the draft but what the draft imports: some 900 modules. Here they
are read once. A draft is then one module more, which is why checking it takes a tenth of a
second. It stays in the graph of modules afterwards, so each check belongs into a process that
was forked from the one that has read the libraries, and ends with the check.

These are mypy's own parts, used as its daemon uses them (``mypy.server.update``); they are no
public interface. What fails here is checked with the public one instead, by ``worker.py``.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from collections.abc import Mapping

from mypy import build, defaults
from mypy.errors import CompileError
from mypy.fscache import FileSystemCache
from mypy.main import process_options
from mypy.modulefinder import BuildSource

MODULE = "__main__"
"""Name of the draft's module, as that of mypy's option ``--command``."""


def arguments(cache: str, stubs: Mapping[str, str], source: str) -> list[str]:
    """Options of mypy for a check of ``source``.

    The text is handed over as mypy's option ``--command``: it then lies in no file, and is
    never cached. Configuration is the ``mypy.ini`` of the current folder and no other.

    :param stubs: Corrected stubs by the path of those that they stand in for.
    """
    shadows = [part for path, own in stubs.items() for part in ("--shadow-file", path, own)]
    return [
        "--config-file=mypy.ini",
        f"--cache-dir={cache}",
        "--output=json",
        "--no-error-summary",
        "--show-traceback",
        *shadows,
        f"--command={source}",
    ]


class Libraries:
    """The modules that drafts import, read.

    :param cache: Folder of mypy's cache, read and filled; not used after that.
    :param stubs: As for :func:`arguments`.
    :param usual: Python source that imports them.
    :raises RuntimeError: If mypy fails.
    """

    def __init__(self, cache: str, stubs: Mapping[str, str], usual: str) -> None:
        sys.setrecursionlimit(defaults.RECURSION_LIMIT)  # as mypy's own main function does
        files = FileSystemCache()
        sources, options = process_options(arguments(cache, stubs, usual), fscache=files)
        options.raise_exceptions = True  # rather than to print them and exit
        result = build.build(sources, options, fscache=files)
        if result.errors:
            raise RuntimeError(result.errors[0])
        self._manager = result.manager
        self._graph = result.graph
        self._close_cache()
        gc.collect()
        gc.freeze()  # so that collecting garbage in a forked process copies no memory

    def _close_cache(self) -> None:
        """Neither read nor write the cache from here on: forked processes must not share it."""
        manager = self._manager
        manager.metastore.close()
        manager.options.cache_dir = os.devnull
        for state in self._graph.values():
            state.options.cache_dir = os.devnull
        manager.metastore = build.create_metastore(manager.options, parallel_worker=False)
        manager.cache_enabled = False

    def check(self, source: str) -> list[str]:
        """What mypy says of a draft, each message a line of JSON. For one check a process."""
        manager, graph = self._manager, self._graph
        said: list[str] = []
        manager.flush_errors = lambda _file, messages, _serious: said.extend(messages)
        for known in (graph, manager.modules, manager.ast_cache):
            known.pop(MODULE, None)
        manager.errors.reset()
        new: list[build.State] = []
        try:
            build.load_graph([BuildSource(None, MODULE, source)], manager, graph, new)
            added = {state.id for state in new}
            for ids in build.sorted_components_inner(graph, added, build.PRI_INDIRECT):
                build.process_stale_scc(graph, build.SCC(set(ids)), manager)
        except CompileError as exc:
            said += exc.messages
        return said


def plain(cache: str, stubs: Mapping[str, str], source: str) -> tuple[str, str, int]:
    """The same by mypy's public interface, which reads the libraries from the cache each time.

    :returns: What mypy prints, what it prints as errors, and its exit status.
    """
    from mypy import api

    # What mypy says of its own failures does not go through its interface.
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        output, errors, status = api.run(arguments(cache, stubs, source))
    return output, errors + said.getvalue(), status
