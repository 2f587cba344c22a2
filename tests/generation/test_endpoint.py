"""Where calls go, and with which key. What is said of failures is tested with the vendors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from freqgen import CallOptions, Endpoint, ProviderSettings, ProviderUnavailable, SettingsError
from freqgen.generation import endpoint

DEFAULT = "https://api.example.com/v1"


def find(base_url: str | None = None, **env: str) -> Endpoint:
    return Endpoint.find(
        "example",
        "m",
        variable="KEY",
        address_variable="ADDRESS",
        default=DEFAULT,
        settings=ProviderSettings(base_url=base_url),
        environment=env,
    )


@pytest.mark.parametrize(
    ("base_url", "env", "address", "key"),
    [
        (None, {"KEY": " sk-1 "}, DEFAULT, "sk-1"),
        (None, {"KEY": "sk-1", "ADDRESS": "http://a/"}, "http://a", "sk-1"),
        ("http://b/v1/", {"KEY": "sk-1", "ADDRESS": "http://a"}, "http://b/v1", "sk-1"),
        ("http://b/v1", {}, "http://b/v1", "none-needed"),
    ],
    ids=["vendor", "variable", "settings win", "no key needed"],
)
def test_where_calls_go(base_url: str | None, env: dict[str, str], address: str, key: str) -> None:
    found = find(base_url, **env)
    assert (found.address, found.key) == (address, key)
    assert key not in repr(found)


def test_the_vendor_itself_wants_a_key() -> None:
    with pytest.raises(ProviderUnavailable, match="KEY is not set"):
        find()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://me:hunter2@host/v1", "http://host/v1"),
        ("http://me:hunter2@more@host/v1", "http://host/v1"),
        ("http://me:hunter2/more@host/v1", "http://host/v1"),
        ("http://host/v1?key=hunter2", "http://host/v1?…"),
    ],
    ids=["usual", "with an at sign", "with a slash", "in a query"],
)
def test_a_password_in_the_variable_is_not_shown(address: str, place: str) -> None:
    found = find(KEY="sk-1", ADDRESS=address)
    assert found.place == place
    assert "hunter2" not in str(found.unreachable())


def test_names_of_models_are_shown_as_words_of_a_vendor_are() -> None:
    names = ["gpt\x1b[2J-5 sk-12345", "x" * 100_000, *["y"] * 100_000]
    hint = find(KEY="sk-12345").failed(404, "none", models=lambda: names).hint
    assert hint.startswith("the nearest that it lists: ")
    assert "sk-1" not in hint
    assert "\x1b" not in hint
    assert len(hint) < 400


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("key sk-1 is wrong", "key … is wrong"),
        ("Incorrect API key provided: sk-proj-ab***yz.", "Incorrect API key provided: …"),
        ("a\n  b", "a b"),
        ("x" * 400, "x" * 299 + "…"),
        ("a \x1b]0;title\x07\x1b[2Jb\u202e", "a b"),
    ],
    ids=["the key", "a masked key", "lines", "long", "for a terminal"],
)
def test_what_a_vendor_said_is_shown_without_a_key(text: str, plain: str) -> None:
    assert find(KEY="sk-1").plain(text) == plain


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999 00:00:00 GMT"}, None),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "inf"}, None),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
    ],
    ids=[
        *("none", "seconds", "a date that is past", "words", "negative", "not a number"),
        *("a year that is none", "milliseconds", "for ever", "milliseconds in words"),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert Endpoint.wait(headers) == seconds


def test_a_wrong_key_is_not_blamed_where_there_is_none() -> None:
    error = find("http://b").failed(401, "who are you?")
    assert "wants a key" in str(error)
    assert "export KEY=" in error.hint


class Dripping:
    """An answer of which a byte comes each time, and a clock that goes on meanwhile."""

    now = 0.0

    def iter_bytes(self) -> Iterator[bytes]:
        while True:
            self.now += 1
            yield b" "


def test_an_answer_that_never_ends_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Dripping()
    monkeypatch.setattr(endpoint, "monotonic", lambda: answer.now)
    whom = replace(find("http://b"), settings=ProviderSettings(timeout=5))
    whom.bound(answer, TimeoutError)
    with pytest.raises(TimeoutError):
        b"".join(answer.iter_bytes())
    assert answer.now == 6


class TestSettings:
    def test_the_limit_of_a_call_wins(self) -> None:
        options = CallOptions(max_tokens=7, extra={"max_tokens": 9})
        assert ProviderSettings.of(options).max_tokens == 7
        assert ProviderSettings.of(CallOptions(extra={"max_tokens": 9})).max_tokens == 9

    def test_what_is_written_down_goes_to_the_call(self) -> None:
        written = ProviderSettings(timeout=5, max_retries=0)
        options = written.added_to(CallOptions(temperature=0.5, extra={"max_retries": 1}))
        assert options.temperature == 0.5
        assert dict(options.extra) == {"timeout": 5, "max_retries": 1}

    @pytest.mark.parametrize(
        "url",
        ["localhost:1", "ftp://a", "http://me:pw@host", "http://", "http://a/v1?key=x", ""],
    )
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(SettingsError, match="holds no user name, not a text"):
            ProviderSettings.of(CallOptions(extra={"base_url": url}))
