"""Configuration by Freqtrade's conventions, and errors in one line that name the field."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from freqtrade import constants
from freqtrade.commands.arguments import Arguments
from freqtrade.configuration.environment_vars import _flat_vars_to_nested_dict
from freqtrade.configuration.load_config import load_from_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freqgen import configuration
from freqgen.configuration_errors import EXAMPLES
from freqgen.exceptions import SettingsError, StoreError
from freqgen.settings import (
    DEFAULT_CONFIGURATION,
    MINIMUM_FREQTRADE,
    Settings,
    Workspace,
    check_freqtrade_version,
    load_workspace,
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, content):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def load(**keywords):
    return load_workspace(env={}, **keywords)


def refused(content):
    """What is said of a configuration, given as text or data; always a single line."""
    with pytest.raises(SettingsError) as raised:
        load(config=[write("config.json", content)])
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400
    return raised.value


class TestLikeFreqtrade:
    """What is not imported from Freqtrade, because that is slow, does the same."""

    def test_names(self):
        assert configuration.CONFIG_NAME == constants.DEFAULT_CONFIG
        assert configuration.ENV_PREFIX == constants.ENV_VAR_PREFIX

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param([], id="none"),
            pytest.param(["config.json"], id="here"),
            pytest.param(["user_data/config.json"], id="user-directory"),
            pytest.param(["config.json", "user_data/config.json"], id="both"),
            pytest.param(["other/config.json", "user_data/config.json"], id="other-directory"),
        ],
    )
    @pytest.mark.parametrize("userdir", [None, "other"])
    def test_files_are_looked_for_in_the_same_places(self, files, userdir):
        for file in files:
            write(file, {})
        args = ["backtesting"] + (["--userdir", userdir] if userdir else [])
        theirs = Arguments(args).get_parsed_arg()["config"]
        ours = configuration.find_config_files((), userdir)
        existing = [str(Path(file)) for file in theirs if Path(file).is_file()]
        assert [str(Path(file)) for file in ours] == existing

    keys = st.sampled_from(["a", "b", "section", "freqgen"])
    values = st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
    sections = st.dictionaries(keys.map("x_".__add__), values, max_size=3)
    configs = st.fixed_dictionaries(
        {}, optional={"a": values, "b": values, "section": sections, "freqgen": sections}
    )

    @settings(
        max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
    )
    @given(st.lists(configs, min_size=1, max_size=3), configs)
    def test_several_files_merge_the_same(self, here, contents, included):
        files = [write(f"{n}.json", content) for n, content in enumerate(contents)]
        write("included.json", included)
        write("0.json", {**contents[0], "add_config_files": ["included.json"]})
        theirs = load_from_files(files)
        del theirs["config_files"]
        ours, used = configuration.read_configuration(files, {})
        assert ours == theirs
        assert {path.name for path in used} == {"included.json", *files}

    @pytest.mark.parametrize(
        "env",
        [
            pytest.param({"FREQTRADE__FREQGEN__MAX_ATTEMPTS": "5"}, id="int"),
            pytest.param({"FREQTRADE__STAKE_AMOUNT": "0.5"}, id="float"),
            pytest.param({"FREQTRADE__DRY_RUN": "True", "FREQTRADE__X": "f"}, id="bool"),
            pytest.param({"FREQTRADE__EXCHANGE__PAIR_WHITELIST": '["BTC/USDT"]'}, id="list"),
            pytest.param({"FREQTRADE__X": '{"a": 1}'}, id="object-stays-text"),
            pytest.param({"FREQTRADE__TELEGRAM__CHAT_ID": "123"}, id="chat-id-stays-text"),
            pytest.param(
                {"FREQTRADE__EXCHANGE__CCXT_CONFIG__httpsProxy": "x"}, id="ccxt-keeps-case"
            ),
            pytest.param({"FREQTRADE__A__B__C": "1", "FREQTRADE__A__B__D": "x"}, id="nested"),
            pytest.param({"OTHER": "1", "FREQTRADE_X": "1"}, id="not-ours"),
        ],
    )
    def test_variables_mean_the_same(self, env):
        assert configuration.environment(env) == _flat_vars_to_nested_dict(env, "FREQTRADE__")

    def test_comments_and_trailing_commas_are_allowed(self):
        file = write("config.json", '{"freqgen": {"max_attempts": 4,}, // four\n}')
        assert load(config=[file]).settings.max_attempts == 4


class TestDefaults:
    def test_without_anything_it_says_what_it_uses(self, here):
        workspace = load()
        assert workspace.settings == Settings()
        assert workspace.config_files == ()
        assert workspace.user_data_dir == here / "user_data"
        assert workspace.datadir == here / "user_data" / "data" / "binance"
        first, second, third = workspace.defaults
        assert first == "no configuration file was found"
        assert second == (
            "using defaults: spot, dry-run, exchange binance, stake currency USDT, "
            "dry-run wallet 1000"
        )
        assert "user_data" in third
        for key in DEFAULT_CONFIGURATION:
            assert key in workspace.config
        assert not (here / "user_data").exists()

    def test_what_a_configuration_says_is_kept_and_the_rest_filled_in(self, here):
        (here / "user_data").mkdir()
        content = {
            "trading_mode": "futures",
            "dry_run": False,
            "exchange": {"name": "Kraken"},
            "stake_currency": "EUR",
            "dry_run_wallet": 50,
        }
        workspace = load(config=[write("my.json", content)])
        assert workspace.defaults == ()
        assert workspace.config["exchange"]["name"] == "Kraken"
        assert workspace.config["trading_mode"] == "futures"
        assert workspace.config["pairlists"] == [{"method": "StaticPairList"}]
        assert workspace.datadir == here / "user_data" / "data" / "kraken"

    def test_defaults_are_nobody_s_to_change(self):
        load().config["exchange"]["pair_whitelist"].append("BTC/USDT")
        assert load().config["exchange"]["pair_whitelist"] == []

    def test_the_section_of_freqgen_is_not_freqtrade_s(self):
        workspace = load(config=[write("c.json", {"freqgen": {"max_attempts": 7}})])
        assert workspace.settings.max_attempts == 7
        assert "freqgen" not in workspace.config

    @pytest.mark.parametrize(
        ("config", "arguments", "userdir", "datadir"),
        [
            pytest.param({}, {}, "user_data", "user_data/data/binance", id="defaults"),
            pytest.param({"user_data_dir": "u"}, {}, "u", "u/data/binance", id="configured"),
            pytest.param(
                {"user_data_dir": "u", "datadir": "d"},
                {"userdir": "v"},
                "v",
                "d",
                id="argument-wins",
            ),
            pytest.param(
                {"datadir": "d"}, {"datadir": "e"}, "user_data", "e", id="data-argument-wins"
            ),
        ],
    )
    def test_folders(self, here, config, arguments, userdir, datadir):
        workspace = load(config=[write("c.json", config)], **arguments)
        assert workspace.user_data_dir == here / userdir
        assert workspace.datadir == here / datadir
        assert workspace.config["user_data_dir"] == str(here / userdir)
        assert workspace.config["datadir"] == str(here / datadir)

    def test_variables_win_over_files(self):
        file = write("c.json", {"freqgen": {"max_attempts": 7, "design_model": "x"}})
        env = {"FREQTRADE__FREQGEN__MAX_ATTEMPTS": "5"}
        workspace = load_workspace(config=[file], env=env)
        assert workspace.settings.max_attempts == 5
        assert workspace.settings.design_model == "x"

    def test_the_process_s_variables_are_the_default(self, monkeypatch):
        monkeypatch.setenv("FREQTRADE__FREQGEN__MAX_ATTEMPTS", "6")
        assert load_workspace().settings.max_attempts == 6

    def test_what_is_overridden_is_remembered(self, here):
        """A secret that no run uses must not be written down either."""
        first = write("a.json", {"exchange": {"key": "one"}, "add_config_files": ["c.json"]})
        write("c.json", {"exchange": {"key": "three"}})
        second = write("b.json", {"exchange": {"key": "two"}})
        env = {"FREQTRADE__EXCHANGE__KEY": "four"}
        workspace = load_workspace(config=[first, second], env=env)
        assert workspace.config["exchange"]["key"] == "four"
        keys = [source["exchange"]["key"] for source in workspace.sources]
        assert keys == ["one", "three", "two"]

    def test_without_a_standard_input(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", None)
        with pytest.raises(SettingsError, match="no standard input"):
            load(config=["-"])

    def test_standard_input(self, monkeypatch):
        stream = io.StringIO('{"freqgen": {"max_attempts": 9}}')
        monkeypatch.setattr("sys.stdin", stream)
        assert load(config=["-"]).settings.max_attempts == 9

    def test_log_options_are_handed_on(self):
        workspace = load(verbosity=2, logfile="x.log")
        assert (workspace.config["verbosity"], workspace.config["logfile"]) == (2, "x.log")


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("section", "field", "message"),
        [
            ({"max_attempts": 0}, "freqgen.max_attempts", "must be from 1 to 20, not 0"),
            ({"max_attempts": 21}, "freqgen.max_attempts", "must be from 1 to 20, not 21"),
            ({"max_attempts": "x"}, "freqgen.max_attempts", 'must be a whole number, not "x"'),
            ({"max_attempts": True}, "freqgen.max_attempts", "must be a whole number, not true"),
            ({"backtest_timeout": 0}, "freqgen.backtest_timeout", "must be above 0, not 0"),
            (
                {"backtest_memory_mb": 1},
                "freqgen.backtest_memory_mb",
                "must be at least 1024, not 1",
            ),
            (
                {"design_model": ""},
                "freqgen.design_model",
                'must be a text that is not empty, not ""',
            ),
            ({"design_model": 3}, "freqgen.design_model", "must be a text, not 3"),
            ({"prompts": []}, "freqgen.prompts", "must be an object, not []"),
            ({"prompts": {"design": 1}}, "freqgen.prompts.design", "must be a text, not 1"),
            ({"prompts": {"desing": "x"}}, "freqgen.prompts.desing", "is not a step"),
            ({"steps": {"desing": {}}}, "freqgen.steps.desing", "is not a step"),
            (
                {"steps": {"code": {"temperature": 3}}},
                "freqgen.steps.code.temperature",
                "must be from 0 to 2, not 3",
            ),
            (
                {"steps": {"code": {"max_tokens": 0}}},
                "freqgen.steps.code.max_tokens",
                "must be from 1 to 1000000, not 0",
            ),
            (
                {"steps": {"code": {"seed": 1}}},
                "freqgen.steps.code.seed",
                "is not a setting of freqgen",
            ),
            ({"limits": 5}, "freqgen.limits", "must be an object, not 5"),
            (
                {"limits": {"max_leverage": 500}},
                "freqgen.limits.max_leverage",
                "must be from 1 to 125, not 500",
            ),
            (
                {"limits": {"max_risk_per_trade": 2}},
                "freqgen.limits.max_risk_per_trade",
                "must be above 0 and at most 1, not 2",
            ),
            (
                {"limits": {"max_stoploss": 1}},
                "freqgen.limits.max_stoploss",
                "must be above 0 and below 1, not 1",
            ),
            (
                {"limits": {"max_open_trades": 2.5}},
                "freqgen.limits.max_open_trades",
                "must be a whole number, not 2.5",
            ),
            (
                {"limits": {"max_levrage": 2}},
                "freqgen.limits.max_levrage",
                "is not a setting of freqgen",
            ),
            ({"disabled_plugins": "x"}, "freqgen.disabled_plugins", 'must be a list, not "x"'),
            ({"disabled_plugins": [1]}, "freqgen.disabled_plugins[0]", "must be a text, not 1"),
            ({"db_url": 5}, "freqgen.db_url", "must be a text, not a number"),
            ({"max_atempts": 3}, "freqgen.max_atempts", "is not a setting of freqgen"),
            ("all", "freqgen", "must be an object, not a text"),
        ],
    )
    def test_the_field_is_named(self, section, field, message):
        error = refused({"freqgen": section})
        assert error.field == field
        assert str(error) == f"{field}: {message}"
        assert error.hint

    def test_an_unknown_setting_is_told_the_nearest(self):
        assert refused({"freqgen": {"max_atempts": 3}}).hint == "the nearest is max_attempts"

    def test_an_unknown_limit_is_told_the_nearest(self):
        hint = refused({"freqgen": {"limits": {"max_levrage": 2}}}).hint
        assert hint == "the nearest is max_leverage"

    def test_a_limit_can_be_given_as_a_variable(self):
        env = {"FREQTRADE__FREQGEN__LIMITS__MAX_OPEN_TRADES": "4"}
        assert load_workspace(env=env).settings.limits.max_open_trades == 4

    def test_without_a_near_one_all_are_listed(self):
        assert "design_model, code_model" in refused({"freqgen": {"zzz": 3}}).hint

    def test_the_hint_has_an_example(self):
        hint = refused({"freqgen": {"max_attempts": "x"}}).hint
        assert hint.endswith('as in "max_attempts": 3')

    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_every_example_is_right(self, name):
        section = json.loads("{" + EXAMPLES[name] + "}")
        assert Settings.from_section(section)

    def test_every_setting_is_described(self):
        assert all(field.description for field in Settings.model_fields.values())


class TestWrongConfiguration:
    @pytest.mark.parametrize(
        ("content", "field", "message"),
        [
            pytest.param(
                {"dry_run": "yes"}, "dry_run", 'must be true or false, not "yes"', id="type"
            ),
            pytest.param(
                {"trading_mode": "sport"}, "trading_mode", 'not "sport"', id="not-one-of-them"
            ),
            pytest.param({"max_open_trades": -2}, "max_open_trades", "at least -1", id="too-small"),
            pytest.param(
                {"tradable_balance_ratio": 3}, "tradable_balance_ratio", "at most 1", id="too-large"
            ),
            pytest.param({"exchange": []}, "exchange", "must be an object", id="section"),
            pytest.param(
                {"exchange": {"pair_whitelist": "BTC/USDT"}},
                "exchange.pair_whitelist",
                "must be a list",
                id="nested",
            ),
            pytest.param(
                {"pairlists": [{"method": "StaticPairlist"}]},
                "pairlists[0].method",
                'not "StaticPairlist"',
                id="in-a-list",
            ),
            pytest.param({"pairlists": []}, "pairlists", "schema (minItems)", id="empty-list"),
            pytest.param(
                {"telegram": {"enabled": True, "chat_id": "1"}},
                "telegram.token",
                "is missing",
                id="missing",
            ),
        ],
    )
    def test_freqtrade_s_fields_are_named_in_a_line(self, content, field, message):
        error = refused(content)
        assert error.field == field
        assert str(error).startswith(f"{field}: ")
        assert message in str(error)

    def test_the_nearest_value_is_the_hint(self):
        assert refused({"trading_mode": "sport"}).hint == "the nearest is spot"

    def test_freqtrade_itself_logs_nothing(self, caplog):
        refused({"dry_run": "yes"})
        assert caplog.text == ""

    @pytest.mark.parametrize(
        ("content", "field"),
        [
            ({"exchange": {"api_key": ["hunter2"]}}, "exchange.api_key"),
            ({"exchange": {"secret": ["hunter2"]}}, "exchange.secret"),
            ({"exchange": {"password": ["hunter2"]}}, "exchange.password"),
            ({"exchange": {"ccxt_config": "hunter2"}}, "exchange.ccxt_config"),
            ({"exchange": "hunter2"}, "exchange"),
            ({"telegram": "hunter2"}, "telegram"),
            (
                {"telegram": {"enabled": "hunter2", "token": "a", "chat_id": "b"}},
                "telegram.enabled",
            ),
            ({"webhook": ["hunter2"]}, "webhook"),
            ({"api_server": "hunter2"}, "api_server"),
            ({"db_url": {"password": "hunter2"}}, "db_url"),
            ({"stake_currency": {"password": "hunter2"}}, "stake_currency"),
            ({"freqgen": "hunter2"}, "freqgen"),
            ({"freqgen": {"db_url": ["hunter2"]}}, "freqgen.db_url"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_secret_is_not_shown(self, content, field):
        error = refused(content)
        assert "hunter2" not in str(error) + error.hint
        assert error.field == field

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            pytest.param('{\n  "dry_run": tru\n}', "line 2, column", id="position"),
            pytest.param('{"a": 1', "line 1, column 8: missing a comma", id="reason"),
            pytest.param("", "line 1, column 1", id="empty"),
            pytest.param("[1]", "holds no JSON object", id="list"),
        ],
    )
    def test_what_is_not_json_is_told_its_place(self, content, message):
        error = refused(content)
        assert message in str(error)
        assert "config.json" in str(error)

    def test_columns_count_characters(self):
        assert "line 2, column 8" in str(refused('{"ä": 1,\n"ü": 1 2}'))

    def test_what_is_not_utf_8(self):
        Path("config.json").write_bytes(b'{"a": "\xff"}')
        with pytest.raises(SettingsError, match="byte 8 is not UTF-8"):
            load()

    def test_a_missing_file(self):
        with pytest.raises(SettingsError, match=r'"nope\.json" does not exist'):
            load(config=["nope.json"])

    def test_a_folder_in_place_of_a_file(self, here):
        with pytest.raises(SettingsError, match="cannot be read"):
            load(config=[str(here)])

    def test_files_that_include_each_other(self):
        assert "more than 5 deep" in str(refused({"add_config_files": ["config.json"]}))

    def test_an_include_that_is_no_list(self):
        assert refused({"add_config_files": "x.json"}).field == "add_config_files"

    def test_a_user_directory_that_is_a_file(self, here):
        write("file", "x")
        with pytest.raises(SettingsError, match="is a file"):
            load(userdir=here / "file")


class TestVersion:
    @pytest.mark.parametrize(
        "version", ["2026.9", "2026.10", "2027.1", "2026.9.1", "docker-2026.10-dev-abc", "develop"]
    )
    def test_new_enough(self, version):
        check_freqtrade_version(version)

    @pytest.mark.parametrize("version", ["2026.8", "2025.12", "2024.1-dev-abc"])
    def test_too_old_names_both(self, version):
        with pytest.raises(SettingsError, match=f"Freqtrade {version} is installed") as raised:
            check_freqtrade_version(version)
        assert "{}.{}".format(*MINIMUM_FREQTRADE) in str(raised.value)
        assert "pip install" in raised.value.hint


class TestWorkspace:
    def test_places(self, tmp_path):
        workspace = Workspace(user_data_dir=tmp_path, datadir=tmp_path / "data")
        assert workspace.home == tmp_path / "freqgen"

    def test_folders_are_made_when_needed(self, tmp_path):
        workspace = Workspace(user_data_dir=tmp_path / "new", datadir=tmp_path)
        assert workspace.folder(workspace.home).is_dir()
        assert workspace.folder(workspace.home).is_dir()

    @pytest.mark.parametrize("error", [28, 30, 13], ids=["full", "read-only", "forbidden"])
    def test_a_disk_that_refuses(self, tmp_path, monkeypatch, error):
        def refuse(*_args, **_keywords):
            raise OSError(error, "refused")

        monkeypatch.setattr(Path, "mkdir", refuse)
        workspace = Workspace(user_data_dir=tmp_path / "new", datadir=tmp_path)
        with pytest.raises(StoreError, match="cannot be created: refused") as raised:
            workspace.folder(workspace.home)
        assert "--userdir" in raised.value.hint

    def test_a_file_in_the_way(self, tmp_path):
        write(tmp_path / "freqgen", "x")
        workspace = Workspace(user_data_dir=tmp_path, datadir=tmp_path)
        with pytest.raises(StoreError) as raised:
            workspace.folder(workspace.home)
        assert "in the way" in raised.value.hint


class TestDisabledPlugins:
    def test_are_read_without_checking_the_rest(self):
        write("config.json", {"freqgen": {"disabled_plugins": ["a", 3], "nope": 1}})
        assert configuration.disabled_plugins((), None, {}) == ("a",)

    def test_may_come_from_a_variable(self):
        env = {"FREQTRADE__FREQGEN__DISABLED_PLUGINS": '["x"]'}
        assert configuration.disabled_plugins((), None, env) == ("x",)

    @pytest.mark.parametrize("content", ["{", {"freqgen": []}, {"freqgen": {}}, {}])
    def test_are_none_where_the_configuration_is_wrong(self, content):
        write("config.json", content)
        assert configuration.disabled_plugins((), None, {}) == ()

    def test_standard_input_is_not_touched(self):
        assert configuration.disabled_plugins(["-"], None, {}) == ()
