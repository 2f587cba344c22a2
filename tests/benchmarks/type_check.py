"""The type check: without a cache, with one, warm, and a batch of strategies.

``python -m tests.benchmarks.type_check [FOLDER…] [--batch 100] [--jobs N] [--plain 5]``

Each FOLDER is searched for strategies, as those that Freqtrade's project publishes
(``user_data/strategies`` of a clone of freqtrade-strategies); with them are checked Freqtrade's
own templates, the project's strategies, and the legitimate ones in
``$FREQGEN_SHARED/corpus/benign`` (default ``../shared``). A batch of more than there are begins
again with the first, as another text.

``mypy`` is mypy's own command with the same options and a full cache, in a process that has
imported it, for a few of the strategies, in turn with the warm check of the same ones: the ratio
says what keeping the libraries read is worth, on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import freqtrade.templates

from freqgen_types import checking
from freqgen_types.checking import Checker
from freqgen_types.child import Child
from freqgen_types.classify import classify

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600


def strategies(folders: Sequence[Path]) -> dict[str, str]:
    """The text of all strategies, by their files."""
    shared = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared"))
    places = [
        *folders,
        Path(freqtrade.templates.__file__).parent,
        ROOT / "user_data" / "strategies",
        shared / "corpus" / "benign",
    ]
    found = {}
    for place in places:
        for file in sorted(place.rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "IStrategy" in text:
                found[str(file)] = text
    return found


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def processor_seconds() -> float:
    """What processes that have ended took of the processors' time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(name: str, seconds: float, base: float, note: str = "") -> None:
    """Print a line of the table."""
    print(f"  {name:<46} {seconds:9.3f} {seconds / base:9.2f}  {note}")


def compare(checker: Checker, texts: Sequence[str], cache: Path) -> tuple[list[float], list[float]]:
    """Seconds of mypy's own command and of the warm check, in turn."""
    folder = cache / checking._versions()
    # What mypy's command is given when nothing is kept; see the worker.
    slow = Child(folder / "cache", checking._stubs(folder), "import (\n", SECONDS)
    plain, warm = [], []
    try:
        slow.ask(texts[0], SECONDS)
        for text in texts:
            plain.append(timed(lambda text=text: slow.ask(text, SECONDS)))  # type: ignore[misc]
            warm.append(timed(lambda text=text: checker.check(text, cache)))  # type: ignore[misc]
    finally:
        slow.stop()
    return plain, warm


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.type_check", description=__doc__
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=checking._processors())
    parser.add_argument("--plain", type=int, default=5)
    args = parser.parse_args()
    found = strategies(args.folders)
    texts = list(found.values())
    batch = [texts[n % len(texts)] + "\n" * (n // len(texts)) for n in range(args.batch)]
    small = "from freqtrade.strategy import IStrategy\n"
    with tempfile.TemporaryDirectory(prefix="freqgen-benchmark-") as folder:
        cache = Path(folder)
        cold_checker, checker = Checker(), Checker()
        try:
            cold = timed(lambda: cold_checker.check(small, cache))
            cold_checker.close()
            start = timed(lambda: checker.check(small, cache))
            single = [timed(lambda text=text: checker.check(text, cache)) for text in texts]  # type: ignore[misc]
            checker.close()
            before = processor_seconds()
            with ThreadPoolExecutor(args.jobs) as threads:
                whole = timed(
                    lambda: list(threads.map(lambda text: checker.check(text, cache), batch))
                )
            checker.close()  # only what has ended is counted
            spent = processor_seconds() - before
            step = max(len(texts) // max(args.plain, 1), 1)
            plain, warm = compare(checker, texts[::step][: args.plain], cache)
            said = Counter(
                f"{finding.code} {finding.severity.value}"
                for text in texts
                for finding in classify(text, checker.check(text, cache))
            )
        finally:
            checker.close()
            cold_checker.close()
    middle = statistics.median(single)
    print(f"{len(texts)} strategies, {os.cpu_count()} processors\n")
    print(f"  {'':<46} {'seconds':>9} {'ratio':>9}")
    row("first check, no cache", cold, middle)
    row("first check of a process, cache full", start, middle)
    row("one strategy, warm: median", middle, middle)
    row("one strategy, warm: slowest", max(single), middle)
    row("mypy's own command, cache full: median", statistics.median(plain), middle)
    each = f"{whole / len(batch):.3f} each"
    row(f"batch of {len(batch)}, {args.jobs} at once, from a start", whole, middle, each)
    row("  the processors' time of it", spent, middle, f"{spent / len(batch):.3f} each")
    ratio = statistics.median(a / b for a, b in zip(plain, warm, strict=True))
    print(f"\n  mypy's own command takes {ratio:.1f} times as long (median of {len(warm)} in turn)")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  most memory of a process: {most:.0f} MiB")
    print(f"  said: {dict(sorted(said.items()))}")


if __name__ == "__main__":
    main()
