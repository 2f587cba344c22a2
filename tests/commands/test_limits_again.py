"""The limits of the risk hold at ``approve`` and ``paper``, whatever they were when it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from freqgen.evaluation.gate import Decision
from tests.commands.conftest import Run
from tests.commands.test_provenance import NAME, stored

LIMITS: list[tuple[dict[str, Any], str]] = [
    ({"max_stoploss": 0.01}, "risk.stoploss: a stop at a distance of 0.02 is wider than the 0.01"),
    ({"max_open_trades": 2}, "risk.max_open_trades: 3 open trades are more than the 2"),
]


def configured(userdir: Path, limits: dict[str, Any]) -> None:
    """Let the user's configuration say other limits than those under which it was made."""
    (userdir / "config.json").write_text(json.dumps({"freqgen": {"limits": limits}}))


@pytest.mark.parametrize(("limits", "says"), LIMITS, ids=["stop", "trades"])
@pytest.mark.parametrize("verb", ["approve", "paper"])
def test_a_strategy_of_looser_limits_is_refused(
    run: Run, userdir: Path, verb: str, limits: dict[str, Any], says: str
) -> None:
    """The limit, the setting and the way on are named, and nothing is decided or run."""
    decided = Decision.REVIEW if verb == "approve" else Decision.ALLOW
    record = stored(userdir, decision=decided)
    configured(userdir, limits)
    done = run(verb, record.id, "--userdir", userdir)
    assert (done.code, done.out) == (2, "")
    assert f"{NAME} revision {record.revision} ({record.id}) goes beyond the limits" in done.err
    assert f"{says} that the user allows" in done.err
    assert f"the setting freqgen.limits.{next(iter(limits))}" in done.err
    assert f"freqgen show {record.id} --design" in done.err
    assert "Checking" not in done.err
    assert run("--json", verb, record.id, "--userdir", userdir).json["error"]["type"] == (
        "DesignError"
    )
    (now,) = [
        one
        for one in run("--json", "list", "--userdir", userdir).json["records"]
        if one["id"] == record.id
    ]
    assert now["status"] == record.status.value


def test_every_field_beyond_them_is_named(run: Run, userdir: Path) -> None:
    record = stored(userdir, decision=Decision.REVIEW)
    configured(userdir, {name: value for limits, _ in LIMITS for name, value in limits.items()})
    done = run("approve", record.id, "--userdir", userdir)
    for _, says in LIMITS:
        assert says in done.err
    assert "freqgen.limits.max_stoploss and freqgen.limits.max_open_trades" in done.err


def test_one_that_made_way_does_not_come_back_beyond_them(
    run: Run, userdir: Path, market: Path
) -> None:
    """Getting its place back is an approval, too."""
    (userdir / "strategies" / f"{NAME}.py").unlink()
    configured(userdir, {"max_stoploss": 0.01})
    assert run("approve", NAME, "--userdir", userdir, "-d", market).code == 2
    assert not (userdir / "strategies" / f"{NAME}.py").exists()
    configured(userdir, {"max_stoploss": 0.02})
    assert run("approve", NAME, "--userdir", userdir, "-d", market).code == 0
    assert (userdir / "strategies" / f"{NAME}.py").exists()


EDITED = [
    ("stoploss = -0.02", "stoploss = -0.9", "stoploss"),
    ("max_open_trades = 3", "max_open_trades = 300", "max_open_trades"),
]


@pytest.mark.parametrize(("said", "edited", "names"), EDITED, ids=[e for _, e, _ in EDITED])
def test_code_beyond_its_own_design_is_refused(
    run: Run, userdir: Path, market: Path, said: str, edited: str, names: str
) -> None:
    """A design within the limits does not carry code that is not."""
    source = (userdir / "strategies" / f"{NAME}.py").read_text()
    assert said in source
    changed = source.replace(said, edited)
    record = stored(userdir, decision=Decision.REVIEW, source=changed, code_origin="openai:m")
    done = run("approve", record.id, "--userdir", userdir, "-d", market)
    assert done.code == 2
    assert "does not pass validation" in done.err
    assert names in done.err
