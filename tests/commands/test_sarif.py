"""``--sarif``: findings as code hosts read them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.commands.conftest import Run
from tests.commands.test_validate import GOOD, POSITIVE, UNSAFE, write

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
URI = {"type": "string", "pattern": r"^[^\s\\]+$"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
PLACE = {"type": "integer", "minimum": 1}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), PLACE),
    "additionalProperties": False,
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": URI, "uriBaseId": {"type": "string"}},
    "additionalProperties": False,
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
}
REPLACEMENT = {
    "type": "object",
    "required": ["deletedRegion"],
    "properties": {"deletedRegion": REGION, "insertedContent": TEXT},
    "additionalProperties": False,
}
FIX = {
    "type": "object",
    "required": ["artifactChanges"],
    "properties": {
        "description": TEXT,
        "artifactChanges": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["artifactLocation", "replacements"],
                "properties": {
                    "artifactLocation": ARTIFACT,
                    "replacements": {"type": "array", "minItems": 1, "items": REPLACEMENT},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": -1},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "fixes": {"type": "array", "uniqueItems": True, "items": FIX},
        "suppressions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"enum": ["inSource", "external"]},
                    "status": {"enum": ["accepted", "underReview", "rejected"]},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string"}, "markdown": {"type": "string"}},
            "additionalProperties": False,
        },
        "defaultConfiguration": {
            "type": "object",
            "properties": {"level": LEVEL},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
NOTIFICATION = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
    },
    "additionalProperties": False,
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "version": {"type": "string"},
        "semanticVersion": {"type": "string"},
        "rules": {"type": "array", "uniqueItems": True, "items": RULE},
    },
    "additionalProperties": False,
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "properties": {"driver": DRIVER},
            "additionalProperties": False,
        },
        "originalUriBaseIds": {"type": "object", "additionalProperties": ARTIFACT},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "invocations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["executionSuccessful"],
                "properties": {
                    "executionSuccessful": {"type": "boolean"},
                    "toolExecutionNotifications": {"type": "array", "items": NOTIFICATION},
                },
                "additionalProperties": False,
            },
        },
        "results": {"type": "array", "items": RESULT},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN},
    },
    "additionalProperties": False,
}
"""What of SARIF 2.1.0 freqgen writes, as the standard has it, and nothing beside it."""


@pytest.fixture
def log(run: Run, tmp_path: Path) -> Any:
    """The log of some files, held against the schema."""

    def log(*arguments: str | Path, code: int = 3) -> dict[str, Any]:
        done = run("validate", "--static", *arguments, "--sarif", "--userdir", tmp_path / "u")
        assert done.code == code, done.err
        data = json.loads(done.out)
        jsonschema.validate(data, SCHEMA)
        found: dict[str, Any] = data["runs"][0]
        return found

    return log


def test_results_point_into_the_files(log: Any, tmp_path: Path) -> None:
    run = log(write("a b/Good.py", POSITIVE), write("ü.py", UNSAFE))
    (positive, unsafe) = run["results"]
    root = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
    assert root == tmp_path.as_uri() + "/"
    where = positive["locations"][0]["physicalLocation"]
    assert where["artifactLocation"] == {"uri": "a%20b/Good.py", "uriBaseId": "%SRCROOT%"}
    assert where["region"]["startLine"] == 9
    assert (positive["ruleId"], positive["level"]) == ("FG107", "error")
    assert unsafe["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "%C3%BC.py"
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] == "error"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_fixes_mend(log: Any) -> None:
    """What a reader of the log makes of it is what ``--fix`` writes."""
    (result,) = log(write("Good.py", POSITIVE))["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    lines = POSITIVE.splitlines(keepends=True)
    for replacement in change["replacements"]:
        region = replacement["deletedRegion"]
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        lines[region["startLine"] - 1] = (
            line[: region["startColumn"] - 1]
            + replacement["insertedContent"]["text"]
            + line[region["endColumn"] - 1 :]
        )
    assert "".join(lines) == GOOD


def test_silenced_findings_are_suppressed(log: Any) -> None:
    source = POSITIVE.replace("= 0.1", "= 0.1  # noqa: FG107")
    (result,) = log(write("Good.py", source), code=0)["results"]
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted"}]


def test_fingerprints_stay_when_lines_move(log: Any) -> None:
    def prints(source: str) -> list[str]:
        results = log(write("Good.py", source))["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    first = prints(POSITIVE)
    assert prints("# a line\n" + POSITIVE) == first
    twice = prints("import os\nimport os\n" + POSITIVE)
    assert len(set(twice)) == len(twice) == 3
    assert first[0] in twice


def test_paths_are_relative_to_the_repository(
    log: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    write("sub/Good.py", POSITIVE)
    monkeypatch.chdir(tmp_path / "sub")
    (result,) = log("../sub/Good.py")["results"]
    where = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert where == {"uri": "sub/Good.py", "uriBaseId": "%SRCROOT%"}


def test_names_and_messages_that_are_no_text_end_nothing(log: Any, run: Run) -> None:
    """Whoever can add a file could otherwise keep a code host from every finding."""
    file = write(os.fsdecode(b"bad\xff#.py"), POSITIVE.replace('"1h"', '"1h\\ud800"'))
    results = log(file)["results"]
    assert [result["ruleId"] for result in results] == ["FG107", "FG107"]
    (uri,) = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results
    }
    assert uri == "bad%FF%23.py"
    assert '"1h?" is not a timeframe' in results[0]["message"]["text"]
    assert run("validate", "--static", file, "--sarif=found.sarif").code == 3
    assert json.loads(Path("found.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]


def test_what_could_not_be_checked_is_a_notification(log: Any) -> None:
    write("d/a.py")
    Path("d/b.py").symlink_to("nothing.py")
    run = log("d")
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert "there is no file" in said["message"]["text"]


def test_to_a_file_beside_the_text(run: Run, tmp_path: Path) -> None:
    write("Good.py", POSITIVE)
    for _ in range(2):  # the log of a run before is replaced
        done = run(
            "validate", "--static", "Good.py", "--sarif", "f.sarif", "--userdir", tmp_path / "u"
        )
        assert done.code == 3
        assert "FG107:9" in done.out
        jsonschema.validate(json.loads(Path("f.sarif").read_text()), SCHEMA)
    both = run(
        "--json", "validate", "--static", "Good.py", "--sarif=f.sarif", "--userdir", tmp_path / "u"
    )
    assert both.json["findings"][0]["code"] == "FG107"
