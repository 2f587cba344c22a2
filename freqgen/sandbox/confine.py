"""Locks this process up, for good: limits, privileges, files and system calls, in this order."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from freqgen.sandbox import kernel, landlock, seccomp

MEGABYTE = 1 << 20

_READ_BY_ALL = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/maps",
    "/proc/self/status",
    "/sys/devices/system/cpu",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a confined process may do.

    :param folder: The one folder that it may write to.
    :param reading: Files and folders that it may read besides :func:`python_needs`.
    :param parent: Id of the process that it must not outlive.
    :param descriptors: Open files that it keeps; pipes, or stream sockets to its parent.
    :param seconds: Processor time.
    :param file_mb: Size of one file, in megabytes.
    :param memory_mb: Address space, in megabytes; 0 for no limit.
    """

    folder: Path
    parent: int
    reading: tuple[Path, ...] = ()
    descriptors: tuple[int, ...] = (0, 1, 2)
    seconds: int = 60
    file_mb: int = 64
    memory_mb: int = 4096


@cache
def python_needs() -> tuple[Path, ...]:
    """What Python and its libraries read: themselves, time zones, a little about the machine.

    Of a folder on Python's path that is no place of installed libraries, such as a checkout, only
    the packages that are imported already: beside them may lie a configuration with keys.

    Found out once, by the warm parent: where freqgen is such a checkout, to look at all modules
    costs a worker 25 ms, as it makes a copy of every page that it looks at.
    """
    found = {*_READ_BY_ALL, sys.prefix, sys.base_prefix}
    for entry in filter(os.path.isabs, sys.path):
        path = Path(entry)
        if path.name in {"site-packages", "dist-packages"}:
            found.add(entry)
        elif not path.is_relative_to(sys.prefix) and not path.is_relative_to(sys.base_prefix):
            found |= _imported_from(path)
    return tuple(Path(path) for path in sorted(found) if path != "/")


def _imported_from(folder: Path) -> set[str]:
    """Packages and modules that were imported from right below a folder."""
    found = set()
    for name, module in tuple(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." in name or not file:
            continue
        place = Path(file).parent if Path(file).stem == "__init__" else Path(file)
        if place.parent == folder:
            found.add(str(place))
    return found


def confine(policy: Policy) -> int:
    """Lock this process up. It must have a single thread and be a child of ``policy.parent``.

    There is no way back, and no half: a process that cannot be locked up must end.

    :returns: The version of Landlock that holds.
    :raises OSError: If a layer cannot be had. What was done before it stays done.
    :raises ProcessLookupError: If the parent is gone already.
    """
    _limit(policy)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != policy.parent:
        raise ProcessLookupError("the parent has ended")
    kernel.drop_capabilities()
    _close_all_but(policy.descriptors)
    held = landlock.restrict((*python_needs(), *policy.reading), (policy.folder,))
    seccomp.restrict()
    return held


def _limit(policy: Policy) -> None:
    import resource  # which is not everywhere, unlike this module

    limits = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (256, 256),
        resource.RLIMIT_FSIZE: (policy.file_mb * MEGABYTE,) * 2,
        # At the soft limit the process is told, and may say so; at the hard one it is killed.
        resource.RLIMIT_CPU: (policy.seconds, policy.seconds + 2),
    }
    if policy.memory_mb:
        limits[resource.RLIMIT_AS] = (policy.memory_mb * MEGABYTE,) * 2
    for which, wanted in limits.items():
        _, most = resource.getrlimit(which)
        if most == resource.RLIM_INFINITY:
            most = max(wanted)
        soft, hard = (min(value, most) for value in wanted)
        resource.setrlimit(which, (soft, hard))


def _close_all_but(kept: tuple[int, ...]) -> None:
    first = 0
    for number in sorted(kept):
        if number > first:  # an empty range would be taken for an endless one
            os.closerange(first, number)
        first = number + 1
    os.closerange(first, max(1 << 16, first))
