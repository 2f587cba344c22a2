"""Models on the command line: what is refused, how it ends, what is said then."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from freqgen.testing import A_SOURCE, a_design
from tests.commands.conftest import Done, Run, run

__all__ = ["run"]

BRIEF = "Buy when RSI(14) is below 30 on a full moon. Sell when RSI is above 70. 1h candles."
MOON = "on a full moon"

PLUGIN = """\
import json

from freqgen import Reading, Reply, Span, Usage, hookimpl
from freqgen.testing import ScriptedProvider

SCRIPT = json.loads({script!r})


def reply(text):
    reading = None
    if SCRIPT["unread"]:
        start, words = SCRIPT["unread"]
        span = Span(
            start=start, end=start + len(words), text=words, meaning="not a candle", blocks=True
        )
        reading = Reading(unread=(span,))
    return Reply(text=text, reading=reading, usage=Usage(calls=1, output_tokens=7))


@hookimpl
def register_providers(register):
    register(ScriptedProvider(map(reply, SCRIPT["replies"]), name="model"))
"""

Asked = Callable[..., Done]


@pytest.fixture
def asked(run: Run, market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Run a command line with an installed plugin whose model gives these replies."""
    package = tmp_path / "site"
    info = package / "scripted_plugin-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[freqgen]\nscripted = scripted_plugin\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it is written more than once
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"freqgen": {"disabled_plugins": ["types"]}}))  # it is slow

    def asked(*arguments: str, replies: list[str], unread: tuple[int, str] | None = None) -> Done:
        monkeypatch.delitem(sys.modules, "scripted_plugin", raising=False)
        script = json.dumps({"replies": replies, "unread": unread})
        (package / "scripted_plugin.py").write_text(PLUGIN.format(script=script))
        place = ("--userdir", tmp_path / "u", "-d", market, "-c", config)
        return run(*arguments, *place)

    return asked


@pytest.mark.soak
def test_what_freqgen_mends_is_told(asked: Asked, tmp_path: Path) -> None:
    """By generate, code and show, for people and as data; one call is all that it takes."""
    (tmp_path / "design.json").write_text(a_design().to_json())
    chained = A_SOURCE.replace(
        'dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1',
        'dataframe["enter_long"] = 0\n        dataframe["enter_long"][dataframe["rsi"] < 30] = 1',
    )
    line = chained[: chained.index('"][dataframe')].count("\n") + 1
    replies = [f"Here you are:\n```python\n{chained}```"]
    told = f"mended by freqgen: FG303 line {line}: this assigns to a copy"
    ask = ("generate", "--design", "design.json", "--code-model", "model")
    done = asked(*ask, replies=replies)
    assert told in done.out
    assert f"Mended FG303 in line {line}: this assigns to a copy" in done.err
    data = asked(*ask, "--json", replies=replies).json
    assert [(one["code"], one["line"], one["fixable"]) for one in data["mended"]] == [
        ("FG303", line, True)
    ]
    assert data["usage"]["calls"] == data["attempts"] == 1
    record = data["record"]["id"]
    shown = asked("show", record, replies=[])
    assert "; mended by freqgen: FG303" in shown.out
    (attempt,) = asked("show", record, "--json", replies=[]).json["attempts"]
    assert (attempt["reply"], attempt["reason"]) == (replies[0], "first")
    assert attempt["mended"] == data["mended"]
    assert Path(data["record"]["path"]).read_text(encoding="utf-8") == attempt["source"]
    file = tmp_path / "Mended.py"
    ask = ("code", "design.json", "--code-model", "model", "-o", str(file))
    coded = asked(*ask, replies=replies)
    assert told in coded.out
    assert file.read_text(encoding="utf-8") == attempt["source"]


@pytest.mark.parametrize("verb", ["design", "generate"])
def test_words_that_block(asked: Asked, verb: str) -> None:
    """Exit code 2 with nothing on stdout; ``--ignore-unread`` goes on and still says them."""
    words = (BRIEF.index(MOON), MOON)
    ask = (verb, BRIEF, "--design-model", "model")
    replies = [a_design().to_json()]
    refused = asked(*ask, replies=replies, unread=words)
    assert (refused.code, refused.out) == (2, "")
    assert f'"{MOON}" (not a candle)' in refused.err
    assert "--ignore-unread" in refused.err
    error = asked(*ask, "--json", replies=replies, unread=words).json["error"]
    assert error["type"] == "BriefError"
    done = asked(*ask, "--ignore-unread", replies=replies, unread=words)
    assert done.code == 0
    assert f'"{MOON}"' in done.out + done.err
    data = asked(*ask, "--ignore-unread", "--json", replies=replies, unread=words).json
    assert [(one["blocks"], one["meaning"]) for one in data["unread"]] == [(True, "not a candle")]


def test_the_option_is_about_words(asked: Asked) -> None:
    """A design that is given has none."""
    done = asked("generate", "--design", "x.json", "--ignore-unread", replies=[])
    assert done.code == 2
    assert "--design and --ignore-unread do not go together" in done.err


def test_no_design_in_all_attempts(asked: Asked, tmp_path: Path) -> None:
    """Exit code 3: what was wrong, where the attempts are; nothing is stored."""
    ask = ("generate", BRIEF, "--design-model", "model")
    replies = ["Hm.", "Well.", a_design().to_json().replace("rsi < 30", "rsx < 30")]
    done = asked(*ask, replies=replies)
    assert (done.code, done.out) == (3, "")
    assert "no design that can be used in 3 attempts" in done.err
    assert 'entry_long[0]: unknown name "rsx"' in done.err
    assert str(tmp_path / "u" / "freqgen" / "audit.jsonl") in done.err
    again = [line for line in done.err.splitlines() if "Asking model again: " in line]
    assert len(again) == 2
    assert 'the reply begins "Hm."' in again[0]
    assert not (tmp_path / "u" / "freqgen" / "freqgen.sqlite").exists()
    audit = (tmp_path / "u" / "freqgen" / "audit.jsonl").read_text(encoding="utf-8")
    assert audit.count('"refusal"') == 3
    assert asked(*ask, "--json", replies=replies).json["error"]["type"] == "AttemptsExhausted"


def test_no_code_in_all_attempts(asked: Asked, tmp_path: Path) -> None:
    """Exit code 3: the last findings, how often it was tried, and where the draft lies."""
    (tmp_path / "design.json").write_text(a_design().to_json())
    ask = ("generate", "--design", "design.json", "--code-model", "model")
    cut = A_SOURCE[: A_SOURCE.index("dataframe.loc") + 20]
    replies = ["Sure!", f"```python\n{A_SOURCE.replace('RsiRev', 'Rev')}```", f"```\n{cut}\n```"]
    done = asked(*ask, replies=replies)
    assert done.code == 3
    assert "FG101" in done.out
    assert "denied after 3 attempts, of which number 2 got furthest and is kept" in done.out
    assert "Asking model again: FG101" in done.err
    assert "freqgen/drafts/" in done.out
    data = asked(*ask, "--json", replies=replies).json
    assert (data["decision"], data["attempts"]) == ("deny", 3)
    assert "FG101" in [one["code"] for one in data["findings"]]
    kept = Path(data["record"]["path"]).read_text(encoding="utf-8")
    assert kept == A_SOURCE.replace("RsiRev", "Rev")
    drafts = data["drafts"]
    assert [one["reason"] for one in drafts] == ["first", "repair", "repair"]
    assert [one["kept"] for one in drafts] == [False, True, False]
    assert "the reply ends in the middle of the file" in drafts[2]["blocking"][0]["message"]
    shown = asked("show", data["record"]["id"], "--json", replies=[]).json["attempts"]
    assert [one["reply"] for one in shown] == replies
    codes = [{finding["code"] for finding in one["findings"]} for one in shown]
    assert "FG101" in codes[1]
    assert codes[2] == {"FG001"}
    assert [one["usage"]["output_tokens"] for one in shown] == [7, 7, 7]
