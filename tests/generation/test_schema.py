"""The strict form of a schema, and answers brought back from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from freqgen import Design, StrictSchema
from freqgen.testing import a_design
from tests.plugins.vendor_checks import STRICT_DESIGN

DESIGN = StrictSchema.of(Design.model_json_schema())


def of_field(schema: dict[str, Any]) -> dict[str, Any]:
    """The strict form of the only field of an object."""
    whole = {"type": "object", "properties": {"a": schema}}
    found: dict[str, Any] = StrictSchema.of(whole).schema["properties"]["a"]
    return found


PAIRS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "value": {"type": "number"}},
        "required": ["name", "value"],
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "string", "title": "A", "default": "x"}, {"type": "string"}),
        ({"const": 1}, {"enum": [1], "type": "integer"}),
        ({"enum": ["a", "b"], "type": "string"}, {"enum": ["a", "b"], "type": "string"}),
        (
            {"type": "integer", "minimum": 2, "exclusiveMaximum": 9, "description": "Many."},
            {"type": "integer", "description": "Many. (at least 2, below 9)"},
        ),
        (
            {"type": "string", "pattern": "^a$"},
            {"type": "string", "description": "(matching ^a$)"},
        ),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]},
         {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"anyOf": [{"type": "number"}, {"type": "integer"}]}, {"type": "number"}),
        ({"$ref": "#/$defs/B", "description": "lost"}, {"$ref": "#/$defs/B"}),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            {"description": "(a list of entries, each with a name and a value)", **PAIRS},
        ),
        ({"type": "object", "additionalProperties": False},
         {"type": "object", "properties": {}, "required": [], "additionalProperties": False}),
        ({}, {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}),
    ],
    ids=["plain", "const", "enum", "limits", "pattern", "one of", "numbers", "reference", "map",
         "nothing", "anything"],
)  # fmt: skip
def test_each_part_has_a_strict_form(schema: dict[str, Any], strict: dict[str, Any]) -> None:
    assert of_field(schema) == strict


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "object", "properties": {"a": {"not": {}}}},
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "additionalProperties": {"type": "string"},
        },
    ],
    ids=["no object", "not", "names and others"],
)
def test_what_has_none_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        StrictSchema.of(schema)


def test_of_a_design_every_object_is_closed_and_whole() -> None:
    Draft202012Validator.check_schema(DESIGN.schema)
    Draft202012Validator(DESIGN.schema).validate(STRICT_DESIGN)

    def objects(value: Any) -> list[dict[str, Any]]:
        below = value.values() if isinstance(value, dict) else value
        found = [one for part in below if isinstance(part, dict | list) for one in objects(part)]
        if isinstance(value, dict) and value.get("type") == "object":
            found.append(value)
        return found

    found = objects(DESIGN.schema)
    assert len(found) > 8
    for one in found:
        assert one["additionalProperties"] is False
        assert one["required"] == [*one["properties"]]


def test_a_design_comes_back_as_it_is_written() -> None:
    design = Design.from_json(DESIGN.restored(json.dumps(STRICT_DESIGN)))
    assert design.indicators[0].params == {"timeperiod": 14}
    assert design.risk.roi == {"0": 0.05}


@pytest.mark.parametrize(
    "text",
    [
        a_design().to_json(),
        "no JSON",
        "[" * 100_000,
        "[1]",
        json.dumps({"indicators": [{"params": [{"name": "a", "value": 1}] * 2}]}),
        json.dumps({"indicators": [{"params": [{"name": "a"}]}, 3], "risk": [], "new": {}}),
    ],
    ids=["a design", "no JSON", "too deep", "a list", "a name twice", "odd"],
)
def test_what_does_not_follow_it_is_left_alone(text: str) -> None:
    assert DESIGN.restored(text) == text


def test_a_name_that_stands_twice_is_left_for_the_reader_to_refuse() -> None:
    """Bringing the rest back would keep the last of the two, which nobody said was meant."""
    twice = '{"entry_long": [], "entry_long": ["close > 1"], "risk": {"roi": []}}'
    assert StrictSchema.of(Design.model_json_schema()).restored(twice) == twice


def test_one_of_several_is_brought_back_too() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Map"}]}},
        "$defs": {"Map": {"type": "object", "additionalProperties": {"type": "number"}}},
    }
    strict = StrictSchema.of(schema)
    assert strict.restored('{"a": [{"name": "x", "value": 1}]}') == '{"a": {"x": 1}}'
    assert strict.restored('{"a": null}') == '{"a": null}'
