"""Seconds for each phase of checking one strategy, and a hundred: ``python -m`` this module.

Each row is a process of its own, begun with an empty cache (cold) or with what the one before left
there (warm). The seconds of a phase are summed over the files; those of the wall are from the start
of the process to its end, the interpreter included. Of several runs the fastest counts, since a
busy machine only ever adds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

PHASES = ("parse", "structure", "types", "behaviour")
ROOT = Path(__file__).resolve().parents[2]


def write_strategies(folder: Path, count: int) -> None:
    """Files of the strategies of the mutation study, over and over with other constants."""
    from tests.benchmarks.mutations.sound import strategies

    sounds = strategies(6)
    for number in range(count):
        sound = sounds[number % len(sounds)]
        text = f"{sound.text}\n\n# {number}\nNUMBER = {number}\n"
        (folder / f"{sound.class_name}_{number}.py").write_text(text, encoding="utf-8")


def child(folder: Path, userdir: Path, jobs: int, run: bool) -> None:
    """Check all files of a folder, and print the seconds of each phase."""
    from freqgen import Freqgen
    from freqgen.checking_files import CheckOptions
    from freqgen.validation.gathering import Found

    spent: Counter[str] = Counter()
    files = [Found(path=file) for file in sorted(folder.glob("*.py"))]
    with Freqgen(userdir=userdir) as freqgen:
        for one in freqgen.check_files(files, CheckOptions(jobs=jobs, run=run)):
            if one.validation is not None:
                spent.update(one.validation.report.timings)
    print(json.dumps(spent))


def measured(folder: Path, home: Path, jobs: int, run: bool) -> dict[str, float]:
    """The seconds of one process."""
    command = [sys.executable, "-m", "tests.benchmarks.phases", "--child", str(folder)]
    command += ["--home", str(home), "-j", str(jobs), *(["--run"] if run else [])]
    environment = {
        **os.environ,
        "FREQGEN_CACHE_DIR": str(home / "cache"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
        "OPENBLAS_NUM_THREADS": "1",
    }
    begin = perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    wall = perf_counter() - begin
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-3000:])
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": wall}


def _row(name: str, count: int, seconds: dict[str, float]) -> str:
    cells = [f"{seconds[phase]:.2f}" if phase in seconds else "–" for phase in PHASES]
    return (
        f"| {name} | {' | '.join(cells)} | {seconds['wall']:.1f} | {seconds['wall'] / count:.2f} |"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--many", type=int, default=100, help="strategies in a batch")
    parser.add_argument(
        "--runs", type=int, default=3, help="warm runs, of which the fastest counts"
    )
    parser.add_argument(
        "--run", action="store_true", help="the phase behaviour as well, in a batch"
    )
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, help="jobs of a batch")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        child(args.child, args.home / "user_data", args.j, args.run)
        return
    print(f"| | {' | '.join(PHASES)} | wall | a strategy |\n|---|{'---:|' * (len(PHASES) + 2)}")
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one", Path(folder) / "many"
        for place, count in ((one, 1), (many, args.many)):
            place.mkdir()
            write_strategies(place, count)
        home = Path(folder) / "home"
        (home / "cache").mkdir(parents=True)
        print(_row("one, cold", 1, measured(one, home, 1, True)), flush=True)
        for name, place, count, jobs, run in (
            ("one, warm", one, 1, 1, True),
            (f"{args.many}, one job", many, args.many, 1, args.run),
            (f"{args.many}, {args.j} jobs", many, args.many, args.j, args.run),
        ):
            found = [measured(place, home, jobs, run) for _ in range(args.runs)]
            print(_row(name, count, min(found, key=lambda s: s["wall"])), flush=True)


if __name__ == "__main__":
    main()
