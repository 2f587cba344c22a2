"""What the configuration says beside a text, and what a name chosen by itself may collide with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import BRIEF, Run

WITHOUT = "Buy when RSI(14) is below 30. Sell when RSI rises above 70."


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A user directory whose configuration has a timeframe."""
    folder = tmp_path / "u"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"timeframe": "4h"}))
    return folder


class TestTheTimeframe:
    def test_is_used_where_the_text_has_none(self, run: Run, configured: Path) -> None:
        done = run("--json", "design", WITHOUT, "--userdir", configured)
        assert done.json["design"]["timeframe"] == "4h"
        assert "4h of the configuration is used" in done.err

    @pytest.mark.parametrize(
        ("more", "options", "timeframe"),
        [(" 1h candles.", (), "1h"), (" Daily candles.", (), "1d"), ("", ("-i", "15m"), "15m")],
    )
    def test_of_the_text_or_an_option_wins(
        self, run: Run, configured: Path, more: str, options: tuple[str, ...], timeframe: str
    ) -> None:
        done = run("--json", "design", WITHOUT + more, *options, "--userdir", configured)
        assert done.json["design"]["timeframe"] == timeframe
        assert f"the configuration says 4h candles, the design {timeframe}" in done.err

    def test_that_is_none_is_an_error(self, run: Run, configured: Path) -> None:
        (configured / "config.json").write_text(json.dumps({"timeframe": "7m"}))
        for verb in ("design", "generate"):
            done = run("--json", verb, WITHOUT, "--userdir", configured)
            assert (done.code, done.json["error"]["type"]) == (2, "SettingsError")
            assert '"7m" is no timeframe' in done.err


def test_settings_of_a_provider_that_is_none_are_warned_of(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "u"
    folder.mkdir()
    providers = {"openia": {"max_retries": 1}, "openai": {"max_retries": 1}}
    (folder / "config.json").write_text(json.dumps({"freqgen": {"providers": providers}}))
    done = run("--json", "design", BRIEF, "--userdir", folder)
    assert done.code == 0
    assert 'settings for "openia", which is no provider; there is openai' in done.err
    assert done.err.count("is no provider") == 1


def test_a_file_is_not_an_idea(run: Run, tmp_path: Path) -> None:
    Path("idea.md").write_text(BRIEF)
    done = run("generate", "idea.md", "--userdir", tmp_path / "u")
    assert done.code == 2
    assert "freqgen generate - < idea.md" in done.err


@pytest.mark.soak
def test_a_name_that_another_idea_has_is_told(run: Run, userdir: Path, market: Path) -> None:
    """Chosen by itself, it is noted; chosen by hand, it is meant."""
    other = BRIEF.replace("below 30", "below 28")
    place = ("--userdir", userdir, "-d", market, "-p", "ETH/USDT")
    (note,) = run("--json", "generate", other, *place).json["notes"]
    assert "of another idea already, of revision 1" in note
    assert "below 30" in note
    assert "--name" in note
    by_hand = ("--name", "RsiBollingerReversion")
    assert run("--json", "generate", BRIEF, *by_hand, *place).json["notes"] == []


def test_demo_says_what_it_leaves_aside(run: Run, tmp_path: Path) -> None:
    """The pairs of the configuration; it is said before the market is made."""
    (tmp_path / "c.json").write_text(json.dumps({"exchange": {"pair_whitelist": ["A/USDT"]}}))
    arguments = ("generate", "--demo", WITHOUT, "--userdir", tmp_path / "u", "-c", "c.json")
    done = run(*arguments, "--design-model", "nobody")
    assert done.code == 2
    assert "does not use the pair_whitelist" in done.err
    assert "offline, compiler" in done.err
    assert not (tmp_path / "u").exists()


def test_a_disabled_plugin_that_is_none_is_told_the_nearest(run: Run, tmp_path: Path) -> None:
    section = {"freqgen": {"disabled_plugins": ["typs", "zzz"]}}
    (tmp_path / "c.json").write_text(json.dumps(section))
    done = run("list", "-c", "c.json")
    assert done.code == 0
    assert 'no plugin "typs" to disable; there is types' in done.err
    assert 'no plugin "zzz" to disable; there is ' in done.err


@pytest.mark.soak
def test_backtests_of_two_revisions_are_told_apart(run: Run, userdir: Path, market: Path) -> None:
    place = ("--userdir", userdir, "-d", market, "-p", "ETH/USDT")
    done = run("backtest", "RsiBollingerReversion@1", "RsiBollingerReversion", *place)
    assert done.out.count("RsiBollingerReversion revision 1 (") == 4
    assert "SYNTHETIC" in done.out
