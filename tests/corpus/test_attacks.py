"""The corpus of attacks, three ways: with everything, without static checks, without anything.

What succeeded is told by its effect alone: a mark on the disk, a listener that heard something, a
secret in a result, a number that differs. Nothing goes by a label or by a message.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from freqgen import Catalogue, Draft, ValidationContext
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation.loading import load_draft
from freqgen.validation.runner import run_validators
from freqgen_structure import validators
from tests.corpus.attacks import CANARIES, CLASS, HONEST, Attack
from tests.corpus.conftest import DAYS, SECONDS, Host, Scene

pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.slow,
    pytest.mark.xdist_group("corpus"),  # one port, and one pair of processes, for all
]

REPORTED = ("trades", "profit_total", "final_balance", "trade_list")
"""What a result says that a tampering strategy would like to be better."""

FAULTS = {"SandboxTimeout", "SandboxViolation", "StrategyFault", "UsageError"}
"""Errors of a strategy, or of what was asked for; any other is the engine's."""

OTHER_RULES = {"sx_cookie_unicode_escape", "sx_property"}
"""Attacks on files that trade by other rules than the rest of the corpus."""

SOME = [
    pytest.param(False, id="some"),
    pytest.param(True, id="all", marks=pytest.mark.soak),
]


def chosen(attacks: list[Attack], scene: Scene, every: bool) -> list[Attack]:
    """All attacks, or every twentieth, others for each user."""
    first = 0 if scene.user is None else 10
    return attacks if every else attacks[first::20]


def static_findings(source: str, folder: Path, name: str = CLASS) -> list[str]:
    """What stops a file before it is run."""
    file = folder / f"{name}.py"
    file.write_text(source, encoding="utf-8")
    draft, findings = load_draft(file)
    if draft is not None:
        context = ValidationContext(catalogue=Catalogue(builtin_indicators()), cache_dir=folder)
        draft = Draft(class_name=draft.class_name, source=draft.source)
        findings = run_validators(draft, None, list(validators()), context).report.findings
    return [finding.code for finding in findings if finding.severity == "error"]


def honest(host: Host, timerange: str) -> dict[str, Any]:
    """What the rules of all attacks make, without any attack."""
    answer = host.ask({"op": "backtest", "name": CLASS, "source": HONEST, "timerange": timerange})
    assert answer.get("error") is None, answer
    return answer


def effects(
    scene: Scene, guarded: Host, attack: Attack, baseline: Callable[[str], dict[str, Any]]
) -> list[str]:
    """Run an attack under freqgen's engine, without static checks, and name what it reached.

    It is run as a backtest runs it, and as the behaviour checks do.
    """
    timerange = "" if attack.effect in {"dos", "tamper"} else DAYS
    wanted = baseline(timerange)
    order = {"name": CLASS, "source": scene.source(attack)}
    told = guarded.ask({"op": "backtest", **order, "timerange": timerange})
    found = _reached(scene, told, wanted)
    if told["result"] is not None:
        if told["result"]["seconds"] > SECONDS * 2:
            found.append("outlived its limits")
        if attack.name not in OTHER_RULES:
            found += [
                f"changed {field}"
                for field in REPORTED
                if told["result"][field] != wanted["result"][field]
            ]
    told = guarded.ask({"op": "trial", **order, "trial": {}})
    return [*found, *(f"{what} in a trial" for what in _reached(scene, told, wanted))]


def _reached(scene: Scene, told: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What an attack did to the world outside of its process."""
    found = [f"wrote {name}" for name in scene.marks()]
    found += [f"was heard over {name}" for name in scene.listeners.taken()]
    found += [f"leaked {canary}" for canary in CANARIES if canary in json.dumps(told)]
    if told["pid"] != wanted["pid"]:
        found.append("ended the engine's process")
    found += [f"left {name}" for name in (*told["workers"], *scene.left())]
    if told["result"] is None and told["error"]["type"] not in FAULTS:
        found.append(f"made the engine fail: {told['error']}")
    return found


def was_reached(attack: Attack, told: dict[str, Any], wanted: dict[str, Any], scene: Scene) -> bool:
    """Whether an attack had its effect where nothing protects."""
    marks, heard = scene.marks(), scene.listeners.taken()
    said = told["output"] + str(told.get("result"))
    ended = told["code"] < 0 or told["passed"] or told.get("ended_by") == "MemoryError"
    altered = told.get("altered") or told.get("result") != wanted["result"]
    seen = {
        "write": attack.name in marks,
        "exec": attack.name in marks,
        "leak": any(canary in said for canary in CANARIES),
        "net": heard != [],
        "dos": bool(ended),
        "tamper": "INTEGRITY-FAIL" in said or bool(altered),
        "checker": False,
    }
    return seen[attack.effect]


@pytest.fixture(scope="session")
def baseline(guarded: Host) -> Callable[[str], dict[str, Any]]:
    """The honest result over a timerange."""
    known: dict[str, dict[str, Any]] = {}

    def of(timerange: str) -> dict[str, Any]:
        if timerange not in known:
            known[timerange] = honest(guarded, timerange)
            assert known[timerange]["result"]["trades"] > 0
        return known[timerange]

    return of


@pytest.mark.parametrize("every", SOME)
def test_the_sandbox_and_the_trusted_engine_alone_stop_every_attack(
    scene: Scene,
    guarded: Host,
    attacks: list[Attack],
    baseline: Callable[[str], dict[str, Any]],
    every: bool,
) -> None:
    tried = chosen(attacks, scene, every)
    reached = {attack.name: effects(scene, guarded, attack, baseline) for attack in tried}
    assert {name: what for name, what in reached.items() if what} == {}
    for timerange in ("", DAYS):
        after = honest(guarded, timerange)["result"]
        before = baseline(timerange)["result"]
        assert {field: after[field] for field in REPORTED} == {
            field: before[field] for field in REPORTED
        }


@pytest.mark.parametrize("every", SOME)
def test_with_everything_on_an_attack_is_refused_before_it_runs_or_stopped(
    scene: Scene,
    guarded: Host,
    attacks: list[Attack],
    baseline: Callable[[str], dict[str, Any]],
    tmp_path: Path,
    every: bool,
) -> None:
    stopped_by: Counter[str] = Counter()
    reached = {}
    for attack in chosen(attacks, scene, every):
        if codes := static_findings(scene.source(attack), tmp_path):
            stopped_by[codes[0]] += 1
            continue
        stopped_by["the sandbox"] += 1
        if found := effects(scene, guarded, attack, baseline):
            reached[attack.name] = found
    assert reached == {}
    assert stopped_by["the sandbox"] <= 3, "static checks are the first layer"


@pytest.mark.parametrize("every", SOME)
def test_unprotected_the_attacks_work(
    scene: Scene, bare: Host, attacks: list[Attack], every: bool
) -> None:
    assert sum(attack.works for attack in attacks) >= 176
    wanted = bare.ask({"name": CLASS, "source": HONEST, "timerange": DAYS})
    assert (wanted["ended_by"], wanted["passed"], wanted["altered"]) == (None, [], [])
    reached = {}
    for attack in chosen(attacks, scene, every):
        timerange = "" if attack.effect == "dos" else DAYS
        told = bare.ask({"name": CLASS, "source": scene.source(attack), "timerange": timerange})
        reached[attack.name] = was_reached(attack, told, wanted, scene)
    works = {attack.name: attack.works for attack in attacks}
    assert {name: "not reached" for name, did in reached.items() if did is not works[name]} == {}
