"""How many ideas end in a valid strategy, without a model: ``python -m`` this module.

Every brief of the tables of tests/plugins/freqgen_offline that asks for something possible is given
to ``freqgen generate``, as a process of its own and word for word, on the demonstration's synthetic
market, where every timeframe is. Only those in whose words something cannot be said as a rule are
given ``--ignore-unread``, since that is what their author would answer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tests.plugins.freqgen_offline.ideas import BEFORE
from tests.plugins.freqgen_offline.test_ideas import PARAPHRASES, STRANGERS


@dataclass(frozen=True, slots=True)
class Asked:
    """A brief, the table that it is of, and whether it has words that no rule can express."""

    table: str
    id: str
    text: str
    partly: bool = False


def briefs() -> Iterator[Asked]:
    """All of the three tables but those that ask for the impossible."""
    for idea in BEFORE:
        yield Asked("written before the code", idea.id, idea.text)
    for case in STRANGERS:
        if case["kind"] != "refused":
            yield Asked("a stranger's", case["id"], case["brief"], case["kind"] == "partly")
    for idea in PARAPHRASES:
        for number, text in enumerate(idea["texts"]):
            yield Asked("paraphrases", f"{idea['idea']}-{number}", text)


def outcome(asked: Asked, userdir: str) -> tuple[str, str, float]:
    """What became of a brief, in a word; why; and the seconds that it took."""
    command = [sys.executable, "-m", "freqgen", "generate", asked.text, "--demo", "--json"]
    command += ["--userdir", userdir, *(["--ignore-unread"] if asked.partly else [])]
    begin = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=userdir)
    seconds = perf_counter() - begin
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return "broken", done.stderr[-300:], seconds
    if not told["ok"]:
        return "refused", told["error"]["message"][:200], seconds
    errors = [f"{f['code']} {f['message']}" for f in told["findings"] if f["severity"] == "error"]
    if errors:
        return "invalid", "; ".join(errors)[:200], seconds
    trades = told["measurements"].get("backtest", {}).get("trades", 0)
    return "valid", f"{told['decision']}, {trades} trades", seconds


def main(argv: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="briefs whose id has this in it")
    wanted = parser.parse_args(argv).only
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found: Counter[tuple[str, str]] = Counter()
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as userdir:
        for asked in briefs():
            if wanted not in asked.id:
                continue
            what, why, seconds = outcome(asked, userdir)
            found[asked.table, what] += 1
            spent.append(seconds)
            print(f"{seconds:5.1f} s  {what:8} {asked.id}: {why}", flush=True)
    for table in dict.fromkeys(name for name, _ in found):
        counts = {what: count for (name, what), count in sorted(found.items()) if name == table}
        print(f"{table}: {counts}")
    valid = sum(count for (_, what), count in found.items() if what == "valid")
    print(
        f"valid strategies: {valid} of {found.total()}, {valid / found.total():.1%}; "
        f"median {statistics.median(spent):.1f} s"
    )


if __name__ == "__main__":
    main()
