"""How many defects the static checks find: ``python -m`` this module.

Operators of ``tests/benchmarks/mutations`` put one defect at a time into sound strategies: those of
``tests/benchmarks/strategies``, Freqtrade's sample, hand-written ones of the tests, what the
compiler makes of briefs, and those of ``$FREQGEN_SHARED/corpus/benign`` where it is there. A defect
is *found* if there is an error or a warning that the sound strategy does not have, of a family that
fits; *on the line* if one of those names the line that was changed; *blocked* if one is an error.
A *false alarm* is a finding of a sound strategy, but for what it is known to do.
"""

from __future__ import annotations

import argparse
import pkgutil
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from freqgen import Catalogue, Draft, Finding, Phase, Severity, ValidationContext, Validator
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation.runner import run_validators
from tests.benchmarks import mutations
from tests.benchmarks.mutations.making import OPERATORS, Mutant, Operator, Sound, mutant
from tests.benchmarks.mutations.sound import strategies

FAMILIES = ("interface", "lookahead", "silent", "outdated", "cost", "safety", "types")
PLAUSIBLE = {
    "interface": ("FG0", "FG1", "FG3", "FG7"),
    "lookahead": ("FG2",),
    "silent": ("FG1", "FG3", "FG4", "FG505", "FG7"),
    "outdated": ("FG2", "FG3", "FG7"),
    "cost": ("FG4",),
    "safety": ("FG5",),
    "types": ("FG1", "FG3", "FG7"),
}
"""Beginnings of the codes that say what is wrong with a mutant of the family."""

KNOWN = {
    "agg_str": ("FG209",),
    "mixin_base": ("FG217",),
    "sample_strategy": ("FG118", "FG318"),
    "cumsum_supertrend": ("FG318",),
    "datetime_filters": ("FG318",),
    "informative_merge": ("FG318",),
    "itertools_deque": ("FG318",),
    "math_stats": ("FG318",),
    "np_where": ("FG318",),
    "pandas_ta": ("FG318",),
    "resample": ("FG318",),
    "scipy_signal": ("FG318",),
    "talib_direct": ("FG318",),
    "technical_ind": ("FG318",),
    "technical_lib": ("FG318",),
    "try_except": ("FG318",),
    "walrus_ternary": ("FG318",),
}
"""What is true of a strategy that works all the same: columns that it computes and never reads,
the short entries of Freqtrade's sample, which it has switched off, and two columns of the corpus
that know the whole period, which nothing reads. All of it is said with a warning."""


@dataclass(frozen=True)
class Outcome:
    """What the checks said of a mutant."""

    mutant: Mutant
    findings: tuple[Finding, ...]

    @property
    def fitting(self) -> list[Finding]:
        return [f for f in self.findings if f.code.startswith(PLAUSIBLE[self.mutant.family])]

    @property
    def found(self) -> bool:
        return bool(self.fitting)

    @property
    def located(self) -> bool:
        return any(f.line in self.mutant.lines for f in self.fitting)

    @property
    def blocked(self) -> bool:
        return any(f.severity is Severity.ERROR for f in self.fitting)


@cache
def _checks(types: bool) -> tuple[list[Validator], ValidationContext]:
    from freqgen_structure import validators

    every: list[Validator] = list(validators())
    if types:
        import freqgen_types

        freqgen_types.register_validators(every.append)
    folder = Path(tempfile.gettempdir()) / "freqgen-mutants"
    folder.mkdir(exist_ok=True)
    catalogue = Catalogue(builtin_indicators())
    return every, ValidationContext(catalogue=catalogue, cache_dir=folder)


def findings(source: str, class_name: str, types: bool) -> list[Finding]:
    """What the static phases find. An error of the structure does not hide what types find."""
    every, context = _checks(types)
    draft = Draft(class_name=class_name, source=source)
    found: list[Finding] = []
    for phase in (Phase.STRUCTURE, *[Phase.TYPES] * types):
        some = [v for v in every if v.phase in (Phase.PARSE, phase)]
        report = run_validators(draft, None, some, context).report
        found += [f for f in report.findings if f not in found]
    return found


def _key(finding: Finding, source: str) -> tuple[str, str]:
    lines = source.splitlines()
    line = finding.line
    return finding.code, lines[line - 1].strip() if line and line <= len(lines) else ""


def judge(one: tuple[Mutant, Counter[tuple[str, str]], bool]) -> Outcome:
    """The findings that the sound strategy does not have."""
    mutant, before, types = one
    left = Counter(before)
    new = []
    for finding in findings(mutant.source, mutant.class_name, types):
        key = _key(finding, mutant.source)
        if left[key] > 0 and finding.line not in mutant.lines:
            left[key] -= 1
        else:
            new.append(finding)
    return Outcome(mutant, tuple(new))


def mutants(
    sounds: Sequence[Sound], operators: Iterable[Operator], each: int, seed: int
) -> Iterator[Mutant]:
    """At most ``each`` of every operator, of as many strategies and spellings as there are."""
    for op in operators:
        chance = random.Random(f"{seed} {op.family} {op.name}")
        made = {sound.name: [(sound, change) for change in op.make(sound)] for sound in sounds}
        for choices in made.values():
            chance.shuffle(choices)
        taken = 0
        while taken < each and any(made.values()):
            names = [name for name, choices in made.items() if choices]
            chance.shuffle(names)
            for name in names[: each - taken]:
                sound, change = made[name].pop()
                yield mutant(op, sound, change)
                taken += 1


def selected(families: Sequence[str], wanted: Sequence[str]) -> list[Operator]:
    """The operators of these families, or with these names."""
    for module in pkgutil.iter_modules(mutations.__path__):
        import_module(f"tests.benchmarks.mutations.{module.name}")
    return [
        op
        for op in sorted(OPERATORS, key=lambda o: FAMILIES.index(o.family))
        if (not families or op.family in families) and (not wanted or op.name in wanted)
    ]


def _row(name: str, some: Sequence[Outcome]) -> str:
    def share(count: int) -> str:
        return f"{100 * count / len(some):.1f} %"

    found, located = sum(o.found for o in some), sum(o.located for o in some)
    blocked = sum(o.blocked for o in some)
    operators = len({o.mutant.operator for o in some})
    return (
        f"| {name} | {operators} | {len(some)} | {share(found)} | {share(located)} "
        f"| {share(blocked)} |"
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """A line a family, and one of all."""
    lines = [
        "| family | operators | mutants | found | on the line | blocked |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for family in FAMILIES:
        some = [o for o in outcomes if o.mutant.family == family]
        if some:
            lines.append(_row(family, some))
    return "\n".join([*lines, _row("all", outcomes)])


def _misses(outcomes: Sequence[Outcome], shown: int) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.mutant.family, outcome.mutant.operator].append(outcome)
    for (family, name), some in groups.items():
        bad = [o for o in some if not o.located]
        if not bad:
            continue
        unseen = sum(not o.found for o in bad)
        counts = f"{unseen} not found, {len(bad) - unseen} on another line, of {len(some)}"
        yield f"\n{family} {name}: {counts}"
        seen: set[str] = set()
        for outcome in bad:
            lines = outcome.mutant.source.splitlines()
            where = min(outcome.mutant.lines)
            text = lines[where - 1].strip()
            if text in seen or len(seen) >= shown:
                continue
            seen.add(text)
            said = ", ".join(sorted({f"{f.code}:{f.line}" for f in outcome.findings})) or "nothing"
            kind = "elsewhere" if outcome.found else "NOT FOUND"
            yield f"  {kind} {outcome.mutant.origin}:{where} `{text[:140]}` said {said}"


def main(argv: Sequence[str] | None = None) -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=16, help="mutants an operator, at most")
    parser.add_argument("--family", action="append", default=[], choices=FAMILIES)
    parser.add_argument("--operator", action="append", default=[], help="only this one")
    parser.add_argument("--types", action="store_true", help="let mypy look as well")
    parser.add_argument("--misses", action="store_true", help="list what is not found")
    parser.add_argument("--shown", type=int, default=8, help="misses of an operator, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compiled", type=int, default=14, help="briefs to compile")
    parser.add_argument("--write", type=Path, help="folder to write the mutants to")
    parser.add_argument("-j", type=int, default=1, help="processes")
    args = parser.parse_args(argv)
    sounds = strategies(args.compiled)
    alarms = 0
    before: dict[str, Counter[tuple[str, str]]] = {}
    for sound in sounds:
        found = findings(sound.text, sound.class_name, args.types)
        before[sound.name] = Counter(_key(f, sound.text) for f in found)
        for finding in found:
            known = finding.code.startswith(KNOWN.get(sound.name, ("-",)))
            if not known or finding.severity is Severity.ERROR:
                alarms += 1
                print(f"FALSE ALARM {sound.name}:{finding.line} {finding.code} {finding.message}")
    made = list(mutants(sounds, selected(args.family, args.operator), args.each, args.seed))
    if args.write:
        args.write.mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(made):
            name = f"{one.family}_{one.operator}_{number}.py".replace("-", "_")
            (args.write / name).write_text(one.source, encoding="utf-8")
    work = [(one, before[one.origin], args.types) for one in made]
    if args.j > 1:
        # Forked workers would share the pipe to the process that checks types.
        with ProcessPoolExecutor(args.j, get_context("spawn")) as pool:
            outcomes = list(pool.map(judge, work, chunksize=16))
    else:
        outcomes = [judge(one) for one in work]
    if args.misses:
        print("\n".join(_misses(outcomes, args.shown)))
    print(f"\n{len(sounds)} sound strategies, {alarms} false alarms\n")
    print(table(outcomes) if outcomes else "no mutants")


if __name__ == "__main__":
    main(sys.argv[1:])
