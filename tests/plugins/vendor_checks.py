"""What holds for every provider that calls a vendor's server."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from gzip import compress

import pytest

from freqgen import (
    Design,
    FreqgenException,
    Message,
    Payload,
    Prompt,
    ProviderError,
    ProviderTransient,
    ProviderUnavailable,
    ReplyInvalid,
    Step,
)
from freqgen.generation.endpoint import MOST_BYTES
from freqgen.testing import a_catalogue
from tests.installation import ROOT
from tests.plugins.vendor_server import Canned, Received

KEY = "sk-test-0123456789-ABCDEF"
"""A key that must be seen in one header and nowhere else."""

SCHEMA = Design.model_json_schema()

STRICT_DESIGN = {
    "contract": 1,
    "name": "RsiReversion",
    "kind": "mean_reversion",
    "hypothesis": "Weakness is bought back.",
    "timeframe": "1h",
    "can_short": False,
    "indicators": [
        {
            "id": "rsi",
            "function": "RSI",
            "params": [{"name": "timeperiod", "value": 14}],
            "timeframe": None,
            "pair": None,
            "source": None,
        }
    ],
    "entry_long": ["rsi < 30"],
    "exit_long": ["rsi > 70"],
    "entry_short": [],
    "exit_short": [],
    "in_words": None,
    "risk": {
        "stoploss": -0.05,
        "take_profit": None,
        "roi": [{"name": "0", "value": 0.05}],
        "stop_atr": None,
        "target": None,
        "trailing": {"multiple": 3, "period": 14},
        "max_holding": {"candles": 12},
        "risk_per_trade": None,
        "max_open_trades": 3,
        "leverage": 1,
        "protections": [
            [{"name": "method", "value": "CooldownPeriod"}, {"name": "stop_duration", "value": 10}]
        ],
    },
    "parameters": [],
}
"""A design as a model answers that is held to the strict schema."""


Row = tuple[Canned, type[ProviderError], str, str]

STRANGE_ANSWERS: dict[str, Row] = {
    "invalid JSON": (Canned(body=b"{nope"), ReplyInvalid, "is no answer", "base_url"),
    "no body": (Canned(body=b""), ReplyInvalid, "is no answer", "base_url"),
    "a web page": (
        Canned(body=b"<html>", content_type="text/html"),
        ReplyInvalid,
        "is no answer",
        "base_url",
    ),
    "a list": (Canned(body=[1]), ReplyInvalid, "is no answer", "base_url"),
    "JSON too deep to be read": (
        Canned(body=b"[" * 100_000),
        ReplyInvalid,
        "no answer of the kind",
        "base_url",
    ),
    "far more than an answer": (
        Canned(body=b" " * (MOST_BYTES + 1)),
        ReplyInvalid,
        "more than 16,000,000 bytes",
        "base_url",
    ),
    "far more when it is unpacked": (
        Canned(body=compress(b" " * (MOST_BYTES + 1)), headers={"content-encoding": "gzip"}),
        ReplyInvalid,
        "more than 16,000,000 bytes",
        "base_url",
    ),
    "words that are none": (
        Canned(status=400, body={"error": {"message": ["a"], "type": {}, "code": 7}}),
        ProviderUnavailable,
        "refused the call (status 400)",
        "choose another model",
    ),
    "connection closed": (
        Canned(body={}, drop=True),
        ProviderTransient,
        "ended before the answer",
        "try again",
    ),
}
"""What any server may send in place of an answer, the error that it is, and what that says."""


def prompt(step: Step, *, system: str = "Rules of the house.") -> Prompt:
    """A question of one step; that of a design comes with the schema."""
    return Prompt(
        step=step,
        system=system,
        messages=(
            Message(role="user", text="One."),
            Message(role="assistant", text="Two."),
            Message(role="user", text="Three."),
        ),
        payload=Payload(catalogue=a_catalogue()),
        json_schema=SCHEMA if step is Step.DESIGN else None,
    )


def assert_key_only_in_header(received: Received) -> None:
    """The key is in the header that says who asks, and in nothing else that was sent."""
    holding = [name for name, value in received.headers.items() if KEY in value]
    assert holding == ["authorization"]
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in received.path + received.text


def assert_key_not_shown(error: FreqgenException, log: pytest.LogCaptureFixture) -> None:
    """Neither message nor hint nor traceback nor log has the key."""
    shown = "".join(traceback.format_exception(error))
    assert KEY not in f"{error} {error.hint} {shown} {log.text}"


def log_everything(log: pytest.LogCaptureFixture) -> None:
    log.set_level(logging.DEBUG)


def imported_by(plugin: str) -> set[str]:
    """What a process has imported that loaded a plugin and let it register its providers."""
    program = (
        f"import sys, {plugin} as plugin\n"
        "found = []\n"
        "plugin.register_providers(found.append)\n"
        "assert found and not found[0].models()\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
    )
    return {*done.stdout.split()}


def keyed(patch: pytest.MonkeyPatch, key: str, address: str) -> None:
    """Set the variable of a key, and none that would send calls elsewhere.

    :param key: Name of its variable.
    :param address: Name of the address's variable.
    """
    patch.setenv(key, KEY)
    patch.delenv(address, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        patch.delenv(name, raising=False)
        patch.delenv(name.lower(), raising=False)
