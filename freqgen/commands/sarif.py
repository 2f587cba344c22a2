"""Findings as SARIF 2.1.0, the format that code hosts read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from freqgen.finding import Severity
from freqgen.validation.findings_docs import RUNNER

if TYPE_CHECKING:
    from freqgen.finding import Edit, Finding
    from freqgen.outcome import CheckedFile
    from freqgen.validation.findings_docs import Explained
    from freqgen.validation.validator import Validator

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""Stands for the folder of the repository, wherever that is on the machine that reads this."""


def sarif(
    files: Sequence[CheckedFile], validators: Iterable[Validator], folder: Path
) -> dict[str, Any]:
    """One run, as a SARIF log.

    :param validators: Those that there are, for the explanations of their codes.
    :param folder: Where the run began; the repository around it is what paths are relative to.
    """
    from freqgen import __version__

    rules = _rules(validators)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    root = _root(folder)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "freqgen",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": rules,
                    }
                },
                "originalUriBaseIds": {ROOT: {"uri": root.as_uri().rstrip("/") + "/"}},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": all(one.error is None for one in files),
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "message": {"text": one.error.message},
                                "locations": [_location(_artifact(one.file, root), None)],
                            }
                            for one in files
                            if one.error is not None
                        ],
                    }
                ],
                "results": [result for one in files for result in _results(one, numbers, root)],
            }
        ],
    }


def _root(folder: Path) -> Path:
    """The repository that a folder lies in, or the folder itself."""
    folder = folder.absolute()
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _artifact(path: Path, root: Path) -> dict[str, Any]:
    """A file, by its path below the root where it lies there."""
    # Links stay what they are; ".." goes, for no reader of this knows where it leads.
    parts: list[str] = []
    for part in path.absolute().parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    path = Path(*parts)
    if not path.is_relative_to(root):
        return {"uri": path.as_uri()}
    # As bytes: what is no UTF-8 in a name has no other form.
    return {"uri": quote(os.fsencode(path.relative_to(root).as_posix())), "uriBaseId": ROOT}


def _location(artifact: dict[str, Any], region: dict[str, Any] | None) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": artifact}
    if region is not None:
        where["region"] = region
    return {"physicalLocation": where}


def _results(one: CheckedFile, numbers: dict[str, int], root: Path) -> Iterator[dict[str, Any]]:
    artifact = _artifact(one.file, root)
    lines = _Lines(one.source or "")
    seen: Counter[str] = Counter()
    validation = one.validation
    silenced = set(map(id, validation.silenced))
    for finding in (*validation.report.findings, *validation.silenced):
        line = lines.text(finding.line)
        digest = hashlib.sha256(f"{finding.code}\0{line.strip()}".encode()).hexdigest()[:16]
        seen[digest] += 1
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "level": finding.severity.value,
            "message": {"text": _message(finding)},
            "locations": [_location(artifact, _region(finding, line))],
            # Names the finding also when lines above it come or go.
            "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[digest]}"},
        }
        if finding.code in numbers:
            result["ruleIndex"] = numbers[finding.code]
        if finding.edits:
            result["fixes"] = [_fix(finding, artifact, lines)]
        if id(finding) in silenced:
            result["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
        yield result


def _message(finding: Finding) -> str:
    return f"{finding.message}. {finding.hint}" if finding.hint else finding.message


def _region(finding: Finding, line: str) -> dict[str, int]:
    if finding.line is None:
        return {"startLine": 1}  # code hosts show nothing without a line
    region = {"startLine": finding.line}
    if finding.column is not None and finding.column <= len(line) + 1:
        region["startColumn"] = finding.column
    return region


def _fix(finding: Finding, artifact: dict[str, Any], lines: _Lines) -> dict[str, Any]:
    edits = sorted(finding.edits, key=lambda edit: (edit.start, edit.end))
    return {
        "description": {"text": finding.hint or finding.message},
        "artifactChanges": [
            {
                "artifactLocation": artifact,
                "replacements": [
                    {
                        "deletedRegion": lines.region(edit),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in edits
                ],
            }
        ],
    }


class _Lines:
    """The lines of a text, to tell offsets from."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts = [0, *(i + 1 for i, c in enumerate(source) if c == "\n")]

    def text(self, line: int | None) -> str:
        """One line, by its number from 1."""
        if line is None or not 1 <= line <= len(self._starts):
            return ""
        return self._source[self._starts[line - 1] :].partition("\n")[0].rstrip("\r")

    def region(self, edit: Edit) -> dict[str, int]:
        """What an edit replaces; nothing where its ends are the same."""
        (first, start), (last, end) = self._place(edit.start), self._place(edit.end)
        return {"startLine": first, "startColumn": start, "endLine": last, "endColumn": end}

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def _rules(validators: Iterable[Validator]) -> list[dict[str, Any]]:
    """All codes with their explanations, in order."""
    found: dict[str, dict[str, Any]] = {}
    for entry in RUNNER:
        found[entry.code] = _rule(entry)
    for validator in validators:
        documentation = getattr(validator, "documentation", None)
        if documentation is None:
            found |= {
                code: {"id": code, "name": validator.name, "help": {"text": validator.name}}
                for code in validator.codes
            }
        else:
            found |= {entry.code: _rule(entry) for entry in documentation()}
    return [found[code] for code in sorted(found)]


def _rule(entry: Explained) -> dict[str, Any]:
    title = entry.title[:1].upper() + entry.title[1:]
    why = entry.why.replace("``", "`")
    markdown = why
    for heading, examples in (("Found", entry.bad), ("Fine", entry.good)):
        if examples:
            markdown += f"\n\n{heading}:\n\n```py\n{examples[0].strip()}\n```"
    error = Severity.ERROR.value in entry.severity
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or title},
        "help": {"text": why or title, "markdown": markdown or title},
        "defaultConfiguration": {"level": (Severity.ERROR if error else Severity.WARNING).value},
    }
