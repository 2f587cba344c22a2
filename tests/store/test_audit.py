"""The audit log has everything in it but secrets."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation.gate import Decision
from freqgen.exceptions import StoreError
from freqgen.generation.prompt import Message, Payload, Prompt, Step
from freqgen.generation.provider import Reply, Usage
from freqgen.store.audit import AuditLog, prompt_sha256
from freqgen.store.record import sha256_text
from freqgen.store.redaction import REDACTED, Redactor, secrets_of
from tests.store.making import record

ROOT = Path(__file__).resolve().parents[2]
PROMPT = Prompt(
    step=Step.CODE,
    system="Write a strategy.",
    messages=(Message(role="user", text="RSI, please; my key is sk-ant-0123456789abcdefghij"),),
    payload=Payload(catalogue=SimpleNamespace()),
    json_schema={"type": "object"},
)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "freqgen" / "audit.jsonl", environment={})


class TestLog:
    def test_notes_what_was_mended(self, log: AuditLog) -> None:
        """With the code as it is now, of which the secrets are left out too."""
        key = "sk-ant-0123456789abcdefghij"
        found = [{"code": "FG303", "line": 3}]
        log.mending(PROMPT, "```x```", number=2, findings=found, source=f"x = '{key}'")
        (line,) = lines(log.path)
        assert (line["kind"], line["step"], line["attempt"]) == ("mending", "code", 2)
        assert line["prompt_sha256"] == prompt_sha256(PROMPT)
        assert line["reply_sha256"] == sha256_text("```x```")
        assert line["source_sha256"] == sha256_text(f"x = '{key}'")
        assert line["findings"] == found
        assert line["source"] == f"x = '{REDACTED}'"

    def test_ties_a_reply_to_its_prompt(self, log: AuditLog) -> None:
        reply = Reply(text="class A: ...", model="m-1", usage=Usage(calls=1))
        log.prompt(PROMPT, "anthropic:m")
        log.reply(PROMPT, reply, "anthropic:m")
        asked, answered = lines(log.path)
        assert (asked["kind"], answered["kind"]) == ("prompt", "reply")
        assert asked["prompt_sha256"] == answered["prompt_sha256"] == prompt_sha256(PROMPT)
        assert answered["reply_sha256"] == sha256_text(reply.text)
        assert answered["text"] == reply.text
        assert answered["usage"]["calls"] == 1
        assert asked["provider"] == "anthropic:m"
        assert asked["json_schema"] == {"type": "object"}
        assert asked["messages"][0]["text"] == f"RSI, please; my key is {REDACTED}"
        assert asked["time"].endswith("+00:00")

    def test_has_decisions(self, log: AuditLog) -> None:
        stored = record(decision=Decision.REVIEW)
        log.decision(stored, "because")
        (entry,) = lines(log.path)
        assert entry["status"] == "pending"
        assert entry["decision"] == "review"
        assert entry["reason"] == "because"
        assert entry["source_sha256"] == stored.source_sha256

    def test_is_its_owners_alone(self, log: AuditLog) -> None:
        log.write("note")
        assert log.path.stat().st_mode & 0o777 == 0o600

    def test_has_a_line_for_any_text(self, log: AuditLog) -> None:
        log.write("note", text="two\nlines\u2028\r and \ud800")
        log.write("note", text="more")
        assert len(log.path.read_bytes().splitlines()) == 2
        assert [json.loads(one)["kind"] for one in log.path.read_bytes().split(b"\n")[:-1]] == [
            "note",
            "note",
        ]

    def test_goes_on_after_a_line_that_was_cut_off(self, log: AuditLog) -> None:
        log.write("note", number=1)
        with log.path.open("a") as file:
            file.write('{"time": "2024')
        log.write("note", number=2)
        first, cut, last = log.path.read_text().splitlines()
        assert json.loads(first)["number"] == 1
        assert cut == '{"time": "2024'
        assert json.loads(last)["number"] == 2

    def test_works_without_locks(self, log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_locks(*_args: object) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr("fcntl.flock", no_locks)
        log.write("note")
        assert len(lines(log.path)) == 1

    def test_that_cannot_be_locked_for_another_reason_is_told(
        self, log: AuditLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(*_args: object) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr("fcntl.flock", interrupted)
        with pytest.raises(StoreError, match="Input/output error"):
            log.write("note")

    def test_that_cannot_be_written_is_told(self) -> None:
        with pytest.raises(StoreError, match="cannot be written") as error:
            AuditLog(Path("/proc/freqgen/audit.jsonl")).write("note")
        assert "--userdir" in error.value.hint

    def test_takes_whole_lines_of_several_processes(self, log: AuditLog) -> None:
        script = (
            "import sys; from pathlib import Path\n"
            "from freqgen.store.audit import AuditLog\n"
            "log = AuditLog(Path(sys.argv[1]), environment={})\n"
            "for number in range(100):\n"
            "    log.write('note', who=sys.argv[2], number=number, text='x' * 20_000)\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        writers = [
            subprocess.Popen([sys.executable, "-c", script, str(log.path), who], env=environment)
            for who in "abc"
        ]
        assert [writer.wait() for writer in writers] == [0, 0, 0]
        entries = lines(log.path)
        for who in "abc":
            assert [one["number"] for one in entries if one["who"] == who] == list(range(100))
        assert all(one["text"] == "x" * 20_000 for one in entries)

    def test_takes_back_half_a_line_when_the_disk_is_full(self, log: AuditLog) -> None:
        """A limit of the size of files is a disk that is really full, for one process."""
        log.write("note", text="whole")
        script = (
            "import sys; from pathlib import Path\n"
            "from freqgen.exceptions import StoreError\n"
            "from freqgen.store.audit import AuditLog\n"
            "try:\n"
            "    AuditLog(Path(sys.argv[1])).write('note', text='x' * 10_000)\n"
            "except StoreError as error:\n"
            "    print(error.message)\n"
        )

        def small_files() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))

        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", script, str(log.path)],
            env=environment,
            preexec_fn=small_files,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "cannot be written" in done.stdout
        (entry,) = lines(log.path)
        assert entry["text"] == "whole"


CONFIG = {
    "exchange": {
        "name": "binance",
        "key": "exchange-key-1",
        "secret": "exchange-secret-1",
        "walletAddress": "0xWallet00",
        "ccxt_config": {"headers": {"X-Proxy": "proxy-header-1"}, "twofa": "two-factor-1"},
        "pair_whitelist": ["BTC/USDT"],
    },
    "telegram": {"token": "telegram-token", "chat_id": 123456789},
    "api_server": {"jwt_secret_key": "somethingrandom", "password": "abc", "listen_port": 8080},
    "external": [{"ws_token": "consumer-ws-token"}],
    "keys": {"kept": "kept-value"},
    "freqgen": {"db_url": "postgresql://me:db-passw0rd@host/x", "design_model": "offline"},
}


VARIABLES = {
    "SOME_API_KEY": "from-the-environment",
    "EXCHANGE_KEY_1": "numbered-key",
    "PGPASS": "postgres-pass",
    "PROXY_AUTH": "proxy-auth",
    "HOME": "/home/me",
    "PWD": "/home/me",
    "OLDPWD": "/home/me",
    "SSH_AUTH_SOCK": "/home/me",
    "KEYBOARD": "binance",
}


class TestRedaction:
    @pytest.mark.parametrize(
        "secret",
        [
            "exchange-key-1",
            "exchange-secret-1",
            "0xWallet00",
            "telegram-token",
            "123456789",
            "somethingrandom",
            "consumer-ws-token",
            "db-passw0rd",
            "proxy-header-1",
            "two-factor-1",
            "from-the-environment",
            "numbered-key",
            "postgres-pass",
            "proxy-auth",
        ],
    )
    def test_removes_secrets_of_configuration_and_environment(self, secret: str) -> None:
        redactor = Redactor.of(CONFIG, VARIABLES)
        text = redactor.text(f'before "{secret}" after')
        assert text == f'before "{REDACTED}" after'
        assert redactor.value({secret: [secret, 1, None, {"a": secret}]}) == {
            REDACTED: [REDACTED, 1, None, {"a": REDACTED}]
        }

    @pytest.mark.parametrize(
        "text", ["binance", "BTC/USDT", "kept-value", "8080", "/home/me", "abc"]
    )
    def test_leaves_the_rest_of_them(self, text: str) -> None:
        assert Redactor.of(CONFIG, VARIABLES).text(text) == text

    def test_short_secrets_go_where_they_are_a_word(self) -> None:
        redactor = Redactor(["sell", ""])
        assert redactor.text("sell, resell, sells") == f"{REDACTED}, resell, sells"

    @pytest.mark.parametrize(
        "secret",
        [
            "sk-ant-api03-AbCdEfGhIjKlMnOpQrSt",
            "sk-proj-0123456789abcdef",
            "AIzaSyA0123456789abcdefghijklmnopqrstuv",
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_0123456789abcdefghij0123456789abcdef",
            "github_pat_11ABCDEFG0123456789_abcdef",
            "hf_abcdefghijklmnopqrstuvwxyz",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-def_ghi",
            "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        ],
    )
    def test_removes_what_looks_like_a_key(self, secret: str) -> None:
        assert Redactor().text(f"my key: {secret}, keep it") == f"my key: {REDACTED}, keep it"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("postgresql://me:pass@host/db", f"postgresql://{REDACTED}@host/db"),
            ("Authorization: Bearer abcdef0123456789", f"Authorization: Bearer {REDACTED}"),
            ('{"api_key": "hunter2hunter2"}', f'{{"api_key": "{REDACTED}"}}'),
            ("password=hunter2hunter2 x", f"password={REDACTED} x"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest",
                f"{REDACTED}\nrest",
            ),
            ("-----BEGIN PRIVATE KEY-----\ncut off", REDACTED),
        ],
    )
    def test_removes_what_stands_where_secrets_stand(self, text: str, expected: str) -> None:
        assert Redactor().text(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            sha256_text("anything"),
            "rsi < 30 and close < bb.lower",
            "https://www.freqtrade.io/en/stable/",
            "class BollingerReversionWithAdxFilterAndRsiConfirmation(IStrategy):",
            "2024-01-01T00:00:00+00:00",
            "the key idea: mean reversion",
            "task-force risk-adjusted-return-of-the-strategy",
        ],
    )
    def test_leaves_what_is_none(self, text: str) -> None:
        assert Redactor().text(text) == text

    def test_a_secret_within_another_does_not_uncover_it(self) -> None:
        assert Redactor(["abcdefgh", "abcdefgh-ijkl"]).text("abcdefgh-ijkl") == REDACTED

    def test_everything_below_a_secret_field_is_secret(self) -> None:
        config = {"secret": {"a": "value-one", "b": ["value-two", 12345, True, None, 0.5]}}
        assert set(secrets_of(config)) == {"value-one", "value-two", "12345", "0.5"}

    @given(st.text(min_size=4), st.text(), st.text())
    def test_known_secrets_never_remain(self, secret: str, before: str, after: str) -> None:
        whole = f"{before} {secret} {after}"
        redacted = Redactor([secret]).text(whole)
        assert f" {secret} " not in redacted or secret in REDACTED


class TestChecking:
    def test_creates_nothing(self, tmp_path: Path) -> None:
        AuditLog(tmp_path / "a" / "audit.jsonl").check()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("closed", [".", "a", "a/audit.jsonl"])
    def test_says_that_nothing_can_be_noted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str
    ) -> None:
        log = AuditLog(tmp_path / "a" / "audit.jsonl")
        if closed != ".":
            log.write("decision")
        if closed == "a":
            log.path.unlink()
        monkeypatch.setattr("os.access", lambda path, _mode: Path(path) != tmp_path / closed)
        with pytest.raises(StoreError, match="cannot be written, and nothing is asked"):
            log.check()
