"""The user directory that comes with freqgen works as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rapidjson
from freqtrade.configuration.config_validation import (
    validate_config_consistency,
    validate_config_schema,
)
from freqtrade.configuration.load_config import load_config_file
from freqtrade.enums import RunMode

from freqgen.demo import PAIRS
from freqgen.settings import Settings, load_workspace

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "user_data" / "config.example.json"


@pytest.fixture
def config() -> dict:
    """As Freqtrade itself reads it."""
    return load_config_file(str(EXAMPLE))


class TestExample:
    @pytest.mark.parametrize("mode", [RunMode.DRY_RUN, RunMode.BACKTEST, RunMode.OTHER])
    def test_is_valid_for_freqtrade(self, config: dict, mode: RunMode) -> None:
        config |= {"runmode": mode, "stoploss": -0.1, "minimal_roi": {"0": 0.05}}
        config |= {"timeframe": "1h", "dataformat_ohlcv": "feather", "dataformat_trades": "feather"}
        validate_config_schema(config)
        validate_config_consistency(config)

    def test_sends_no_orders_and_holds_no_key(self, config: dict) -> None:
        assert config["dry_run"] is True
        assert config["exchange"]["key"] == config["exchange"]["secret"] == ""
        assert config["pairlists"] == [{"method": "StaticPairList"}]
        assert config["exchange"]["name"] == "binance"

    def test_shows_all_settings_with_their_defaults(self, config: dict) -> None:
        assert set(config["freqgen"]) == set(Settings.model_fields)
        assert Settings.from_section(config["freqgen"]) == Settings()

    def test_explains_every_setting(self) -> None:
        section = EXAMPLE.read_text().partition('"freqgen"')[2].splitlines()
        explained = True
        for line in section[1:]:
            comment = line.lstrip().startswith("//")
            if not comment and re.match(r'\s+"(design_model|prompts|max_|disabled|db_url)', line):
                assert explained, line
            explained = comment

    def test_is_what_freqgen_reads(self, tmp_path: Path) -> None:
        workspace = load_workspace(config=[str(EXAMPLE)], userdir=tmp_path, env={})
        assert workspace.settings == Settings()
        assert workspace.defaults == ()
        assert workspace.config["exchange"]["pair_whitelist"] == [pair.name for pair in PAIRS]

    def test_with_an_example_of_prompts_is_right(self) -> None:
        shown = re.search(r"as in (\{.*\})\.", EXAMPLE.read_text())
        assert shown is not None
        assert Settings.from_section({"prompts": rapidjson.loads(shown[1])})


def test_readme_names_what_freqgen_makes() -> None:
    from freqgen.demo import FOLDER
    from freqgen.store.database import DATABASE
    from freqgen.store.files import draft_path, strategy_path
    from freqgen.store.record import Record

    text = (ROOT / "user_data" / "README.md").read_text()
    record = Record(name="NAME", source="", id="ID")
    for path in (
        Path("data") / FOLDER,
        DATABASE,
        strategy_path(record, Path()),
        draft_path(record, Path()).parent,
    ):
        assert str(path) in text
