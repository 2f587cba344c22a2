"""What is said where a call of the provider ``anthropic`` fails, or its answer is no use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest

from freqgen import (
    CallOptions,
    ProviderError,
    ProviderTransient,
    ProviderUnavailable,
    Reply,
    ReplyInvalid,
    SettingsError,
    Step,
)
from freqgen_anthropic.failures import no_long_waits
from freqgen_anthropic.provider import AnthropicProvider
from tests.plugins.freqgen_anthropic.wire import MODEL, error, listing, message
from tests.plugins.vendor_checks import (
    KEY,
    STRANGE_ANSWERS,
    assert_key_not_shown,
    log_everything,
    prompt,
)
from tests.plugins.vendor_server import Canned, VendorServer, closed_port


def ask(
    address: str, *, model: str = MODEL, step: Step = Step.CODE, retries: int = 0, **extra: object
) -> Reply:
    options = CallOptions(extra={"base_url": address, "max_retries": retries, **extra})
    return AnthropicProvider().answer(prompt(step), model=model, options=options)


LONG = {"input_tokens": 10, "output_tokens": 16000}

TABLE = {
    "wrong key": (
        error(401, "authentication_error", f"invalid x-api-key {KEY}"),
        ProviderUnavailable,
        "key in ANTHROPIC_API_KEY is not accepted",
        "export ANTHROPIC_API_KEY=",
    ),
    "forbidden": (
        error(403, "permission_error", "not for you"),
        ProviderUnavailable,
        "may not do this",
        MODEL,
    ),
    "no money": (
        error(402, "billing_error", "pay"),
        ProviderUnavailable,
        'paid first: "pay"',
        "account",
    ),
    "no credit": (
        error(400, "invalid_request_error", "Your credit balance is too low"),
        ProviderUnavailable,
        "paid first",
        "account",
    ),
    "too long": (
        error(400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
        ProviderUnavailable,
        'longer than "claude-sonnet-5" takes: "prompt is too long: 9 tokens > 8 maximum"',
        "larger context",
    ),
    "too large": (
        error(413, "request_too_large", "too large"),
        ProviderUnavailable,
        "longer than",
        "larger context",
    ),
    "limit too high": (
        error(400, "invalid_request_error", "max_tokens: 16000 > 4096"),
        ProviderUnavailable,
        "max_tokens: 16000 > 4096",
        '"anthropic": {"max_tokens": 8000}',
    ),
    "something else": (
        error(400, "invalid_request_error", f"no {KEY}, please"),
        ProviderUnavailable,
        'status 400): "no …, please"',
        "settings of this provider",
    ),
    "rate limit": (
        error(429, "rate_limit_error", "slow down", retry_after="17"),
        ProviderTransient,
        "try again in 17 s",
        "wait",
    ),
    "server error": (
        error(500, "api_error", "oops"),
        ProviderTransient,
        'status 500): "oops"',
        "wait",
    ),
    "overloaded": (
        error(529, "overloaded_error", "Overloaded"),
        ProviderTransient,
        'status 529): "Overloaded"; try again in a while',
        "wait",
    ),
    "gateway": (
        Canned(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html"),
        ProviderTransient,
        "status 502",
        "wait",
    ),
    "truncated": (
        message("class A", stop_reason="max_tokens", usage=LONG),
        ReplyInvalid,
        'cut off at 16000 tokens (stop reason "max_tokens")',
        '"freqgen": {"providers": {"anthropic": {"max_tokens": 32000}}}',
    ),
    "end of context": (
        message("class A", stop_reason="model_context_window_exceeded"),
        ReplyInvalid,
        "cut off after 7 tokens, before its limit of 16000 "
        '(stop reason "model_context_window_exceeded")',
        "choose a model with a larger one",
    ),
    "refusal": (
        message(
            "",
            stop_reason="refusal",
            stop_details={"type": "refusal", "category": "cyber", "explanation": "Not this."},
        ),
        ReplyInvalid,
        'refused to answer: "Not this."',
        "other words",
    ),
    "refusal without a reason": (
        message("", stop_reason="refusal", stop_details=None),
        ReplyInvalid,
        'claude-sonnet-5" refused to answer',
        "other words",
    ),
    "empty": (message(" \n"), ReplyInvalid, "answered with nothing", "try again"),
    "no content": (message("", content=[]), ReplyInvalid, "answered with nothing", "try again"),
    "other JSON": (Canned(body={"choices": []}), ReplyInvalid, "is no answer", "base_url"),
    "strange blocks": (message("", content=[None, 3]), ReplyInvalid, "with nothing", "try again"),
    **STRANGE_ANSWERS,
}


@pytest.mark.parametrize(("answer", "kind", "says", "hint"), TABLE.values(), ids=TABLE)
def test_what_is_said(
    server: VendorServer,
    caplog: pytest.LogCaptureFixture,
    answer: Canned,
    kind: type[ProviderError],
    says: str,
    hint: str,
) -> None:
    log_everything(caplog)
    server.will(answer)
    with pytest.raises(kind) as caught:
        ask(server.address)
    assert type(caught.value) is kind
    assert says in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.provider == "anthropic"
    assert len(server.calls) == 1
    assert_key_not_shown(caught.value, caplog)


def test_a_foreign_error_is_the_cause(server: VendorServer) -> None:
    server.will(error(500, "api_error", "oops"))
    with pytest.raises(ProviderTransient) as caught:
        ask(server.address)
    assert type(caught.value.__cause__).__module__.startswith("anthropic")


def test_odd_fields_of_an_answer_do_no_harm(server: VendorServer) -> None:
    server.will(message("x", usage="much", model=None, stop_reason=5))
    reply = ask(server.address)
    assert (reply.text, reply.model, reply.stop_reason) == ("x", MODEL, "")
    assert (reply.usage.input_tokens, reply.usage.cost_usd) == (0, None)


@pytest.mark.parametrize(
    ("answer", "says", "hint"),
    [
        (listing("claude-sonnet-5", "claude-haiku-5-5"), 'no model "claude-sonet-5"', MODEL),
        (error(500, "api_error", "oops"), "or no server of this kind", "base_url"),
        (Canned(body=b"{nope"), "or no server of this kind", "base_url"),
    ],
    ids=["with a list", "without", "with a broken one"],
)
def test_an_unknown_model_is_told_the_nearest(
    server: VendorServer, answer: Canned, says: str, hint: str
) -> None:
    server.will(error(404, "not_found_error", "model: claude-sonet-5"))
    server.listing = answer
    with pytest.raises(ProviderUnavailable, match=says) as caught:
        ask(server.address, model="claude-sonet-5")
    assert hint in caught.value.hint
    assert [one.path.partition("?")[0] for one in server.received] == ["/v1/messages", "/v1/models"]


def test_a_slow_server(server: VendorServer) -> None:
    server.will(Canned(hang=True))
    with pytest.raises(ProviderTransient, match=r"no answer within 0\.1 s") as caught:
        ask(server.address, timeout=0.1)
    assert '"timeout": 600' in caught.value.hint


def test_nobody_there(server: VendorServer) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(ProviderUnavailable, match=f"no server answers at {address}"):
        ask(address)


def test_another_try_may_work(server: VendorServer) -> None:
    server.will(error(429, "rate_limit_error", "slow", retry_after="0.01"), message("x"))
    assert ask(server.address, retries=1).text == "x"
    assert len(server.calls) == 2


@pytest.mark.parametrize("wait", ["7200", "in two hours"], ids=["seconds", "date"])
def test_a_long_wait_is_the_user_s_to_decide(server: VendorServer, wait: str) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=7200), usegmt=True)
    wait = wait if wait.isdigit() else then
    server.will(error(429, "rate_limit_error", "slow", retry_after=wait))
    with pytest.raises(ProviderTransient) as caught:
        ask(server.address, retries=2)
    assert caught.value.retry_after == pytest.approx(7200, abs=60)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("headers", "passed"),
    [
        ({"retry-after-ms": "7200000"}, {"retry-after": "7200", "x-should-retry": "false"}),
        ({"retry-after": "inf", "retry-after-ms": "inf"}, {}),
        ({"retry-after": "Mon, 01 Jan 2026 00:00:00 +999999999999"}, {}),
        ({"retry-after": "2"}, {"retry-after": "2"}),
    ],
    ids=["milliseconds", "for ever", "a date that is none", "short"],
)
def test_the_sdk_waits_no_longer_than_was_understood(
    headers: dict[str, str], passed: dict[str, str]
) -> None:
    response = SimpleNamespace(headers=dict(headers))
    assert no_long_waits(None, lambda _request: response) is response  # type: ignore[comparison-overlap]
    assert response.headers == passed


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "ANTHROPIC_API_KEY is not set"),
        ("sk a", "is no key"),
        ("sk\n1", "is no key"),
        ("sk-ä", "is no key"),
    ],
    ids=["none", "blank", "two lines", "letters"],
)
def test_without_a_key_nobody_is_asked(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, key: str, says: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    # None of the SDK's other ways to find a key is taken.
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token")
    with pytest.raises(ProviderUnavailable, match=says) as caught:
        AnthropicProvider().answer(prompt(Step.CODE), model=MODEL, options=CallOptions())
    assert "export ANTHROPIC_API_KEY=" in caught.value.hint
    assert not key or key not in str(caught.value)


def test_an_option_that_there_is_not(server: VendorServer) -> None:
    with pytest.raises(SettingsError, match=r"options\.colour: is not a setting"):
        ask(server.address, colour="blue")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        (
            "ANTHROPIC_BASE_URL",
            "http://host:port",
            "sent to http://host:port: \"Invalid port: 'port'\"",
        ),
        ("HTTP_PROXY", "odd://proxy", "Unknown scheme for proxy"),
        ("SSL_CERT_FILE", "/nowhere", "No such file"),
    ],
    ids=["address", "proxy", "certificate"],
)
def test_where_nothing_can_be_sent(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
    monkeypatch.setenv(variable, value)
    with pytest.raises(ProviderUnavailable) as caught:
        AnthropicProvider().answer(prompt(Step.CODE), model=MODEL, options=CallOptions())
    assert says in str(caught.value)


def test_a_character_that_cannot_be_sent(server: VendorServer) -> None:
    options = CallOptions(extra={"base_url": server.address})
    odd = prompt(Step.CODE, system="half a \udc80 character")
    with pytest.raises(ProviderUnavailable, match="surrogates not allowed"):
        AnthropicProvider().answer(odd, model=MODEL, options=options)
    assert not server.received


def test_tokens_that_nobody_sent_are_not_counted(server: VendorServer) -> None:
    """Their sum could not even be written down."""
    server.will(message("class A: pass", usage={"input_tokens": 10**4299, "output_tokens": 7}))
    usage = ask(server.address).usage
    assert (usage.input_tokens, usage.output_tokens) == (0, 7)
