"""The setting ``providers`` reaches the provider that it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import freqgen_prompts
from freqgen import CallOptions, Freqgen, Prompt, Provider, Reply, SettingsError, hookimpl
from freqgen.settings import load_workspace
from freqgen.testing import a_design, make_host


class Recording:
    """Answers with a design and keeps the options of each call."""

    deterministic = False
    any_model = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: list[CallOptions] = []

    def models(self) -> tuple[str, ...]:
        return ()

    def answer(self, prompt: Prompt, *, model: str | None, options: CallOptions) -> Reply:
        self.seen.append(options)
        return Reply(text=a_design().to_json())


class Plugin:
    """Registers these providers."""

    plugin_name = "recording"

    def __init__(self, *providers: Recording) -> None:
        self.providers = providers

    @hookimpl
    def register_providers(self, register: Callable[[Provider], None]) -> None:
        for provider in self.providers:
            register(provider)


def test_it_reaches_the_provider(tmp_path: Path) -> None:
    one, other = Recording("one"), Recording("other")
    config = tmp_path / "config.json"
    settings = {"providers": {"one": {"base_url": "http://localhost:1/v1", "max_tokens": 5}}}
    config.write_text(json.dumps({"freqgen": settings}))
    host = make_host(Plugin(one, other), freqgen_prompts)
    with Freqgen(config=[str(config)], userdir=tmp_path, host=host) as freqgen:
        for name in ("one", "other"):
            freqgen.design(freqgen.brief("Buy when RSI(14) < 30."), model=f"{name}:m")
    (asked,), (asked_other,) = one.seen, other.seen
    assert dict(asked.extra) == {"base_url": "http://localhost:1/v1", "max_tokens": 5}
    assert asked.temperature == asked_other.temperature == 0.7
    assert dict(asked_other.extra) == {}


STEPS: list[tuple[dict[str, object], list[tuple[float, int | None]]]] = [
    ({}, [(0.7, None), (0.1, None), (0.1, None)]),
    (
        {"design": {"temperature": 1.2, "max_tokens": 3000}, "code": {"temperature": 0}},
        [(1.2, 3000), (0, None), (0, None)],
    ),
    (
        {"code": {"temperature": 0.2, "max_tokens": 9000}, "repair": {"max_tokens": 7000}},
        [(0.7, None), (0.2, 9000), (0.1, 7000)],
    ),
]


@pytest.mark.parametrize(("steps", "asked"), STEPS, ids=["defaults", "both", "repair"])
def test_each_step_has_its_own_temperature_and_limit(
    tmp_path: Path, steps: dict[str, object], asked: list[tuple[float, int | None]]
) -> None:
    """A repair is asked for as code is, unless it has settings of its own."""
    one = Recording("one")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"freqgen": {"steps": steps, "max_attempts": 2}}))
    host = make_host(Plugin(one), freqgen_prompts)
    with Freqgen(config=[str(config)], userdir=tmp_path, host=host) as freqgen:
        freqgen.design(freqgen.brief("Buy when RSI(14) < 30."), model="one:m")
        freqgen.code(a_design(), model="one:m", run=False)
    assert [(options.temperature, options.max_tokens) for options in one.seen] == asked


def test_by_variables(tmp_path: Path) -> None:
    env = {
        "FREQTRADE__FREQGEN__PROVIDERS__OPENAI__BASE_URL": "http://localhost:1/v1",
        "FREQTRADE__FREQGEN__PROVIDERS__OPENAI__TIMEOUT": "60",
    }
    found = load_workspace(userdir=tmp_path, env=env).settings.providers["openai"]
    assert (found.base_url, found.timeout) == ("http://localhost:1/v1", 60)


@pytest.mark.parametrize(
    ("entry", "field", "says"),
    [
        (3, "one", "must be an object, not 3"),
        ({"timeout": 0}, "one.timeout", "must be above 0 and at most 3600, not 0"),
        ({"timeout": 4000}, "one.timeout", "must be above 0 and at most 3600, not 4000"),
        ({"max_retries": 11}, "one.max_retries", "must be from 0 to 10, not 11"),
        ({"max_tokens": 0}, "one.max_tokens", "must be from 1 to 1000000, not 0"),
        ({"max_tokens": "x"}, "one.max_tokens", 'must be a whole number, not "x"'),
        ({"base_url": "http://me:hunter2@a"}, "one.base_url", "holds no user name, not a text"),
        ({"api_key": "hunter2"}, "one.api_key", "is not a setting of freqgen"),
    ],
    ids=["kind", "above", "at most", "range", "tokens", "type", "address", "unknown"],
)
def test_the_field_is_named(tmp_path: Path, entry: object, field: str, says: str) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"freqgen": {"providers": {"one": entry}}}))
    with pytest.raises(SettingsError) as caught:
        load_workspace(config=[str(config)], userdir=tmp_path, env={})
    assert caught.value.field == f"freqgen.providers.{field}"
    assert str(caught.value).endswith(says)
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"
    assert caught.value.hint
