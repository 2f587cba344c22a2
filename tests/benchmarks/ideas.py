"""How many ideas end in a valid strategy, without a model: ``python -m`` this module.

Every brief of the tables of tests/plugins/freqgen_offline that asks for something possible becomes
a design and code, word for word, and the code is checked and run as ``freqgen generate`` does it:
on made-up candles of its own timeframe, for the synthetic market has not all of them. Only those
in whose words something cannot be said as a rule are read with ``--ignore-unread``, since that is
what their author would answer. Valid is what passed every check; what it earns is no matter here.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from freqgen import Freqgen, FreqgenException
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


def outcome(asked: Asked, freqgen: Freqgen) -> tuple[str, str, float]:
    """What became of a brief, in a word; why; and the seconds that it took."""
    begin = perf_counter()
    try:
        brief = freqgen.brief(asked.text)
        designed = freqgen.design(brief, ignore_unread=asked.partly)
        coded = freqgen.code(designed.checked, brief=brief)
    except FreqgenException as exc:
        return "refused", exc.message[:200], perf_counter() - begin
    seconds = perf_counter() - begin
    if coded.validated is None:
        why = [f"{one.code} {one.message}" for one in coded.report.blocking]
        return "invalid", "; ".join(why or ["it was not run"])[:200], seconds
    more = [one.code for one in coded.report.findings]
    return "valid", ", ".join([coded.draft.class_name, *more]), seconds


def main(argv: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="briefs whose id has this in it")
    wanted = parser.parse_args(argv).only
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found: Counter[tuple[str, str]] = Counter()
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as userdir, Freqgen(userdir=userdir) as freqgen:
        for asked in briefs():
            if wanted not in asked.id:
                continue
            what, why, seconds = outcome(asked, freqgen)
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
