"""A record is data: it goes into JSON and its digests say what it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import Record as PublicRecord
from freqgen.evaluation.gate import Decision, GateResult
from freqgen.exceptions import StoreError
from freqgen.generation.prompt import Step
from freqgen.store.record import Record, Status, canonical_json, plain, sha256_json, sha256_text
from tests.store.making import attempt, record

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

FINITE = GateResult(name="g", passed=True, value=1.0, limit=None, reason="fine")


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (np.float64(0.5), 0.5),
            (np.int64(3), 3),
            (np.bool_(True), True),
            (np.float32(0.5), 0.5),
            (float("nan"), None),
            (np.float64("inf"), None),
            ((1, 2), [1, 2]),
            ({3, 1}, [1, 3]),
            (MappingProxyType({"a": (1,)}), {"a": [1]}),
            ({2: "a", None: "b", True: "c"}, {"2": "a", "null": "b", "true": "c"}),
            ({Step.CODE: 1}, {"code": 1}),
            (Decision.ALLOW, "allow"),
            (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02T00:00:00+00:00"),
            (Path("a/b"), "a/b"),
            (FINITE, FINITE.to_dict()),
        ],
        ids=lambda value: f"{type(value).__name__}",
    )
    def test_has_a_counterpart_in_json(self, value: object, expected: object) -> None:
        converted = plain(value)
        assert converted == expected
        assert type(converted) is type(expected)
        json.dumps(converted, allow_nan=False)

    @pytest.mark.parametrize("value", [b"bytes", object(), 1j], ids=["bytes", "object", "complex"])
    def test_what_has_none_is_refused(self, value: object) -> None:
        with pytest.raises(StoreError, match="cannot be stored") as error:
            plain({"a": [value]})
        assert "JSON" in error.value.hint

    @given(JSON)
    def test_json_stays_what_it_is(self, value: object) -> None:
        assert plain(value) == value
        assert json.loads(canonical_json(value)) == value


class TestRecord:
    def test_is_public(self) -> None:
        assert PublicRecord is Record

    @pytest.mark.parametrize(
        ("decision", "status", "usable"),
        [
            (None, Status.DRAFT, False),
            (Decision.REVIEW, Status.PENDING, False),
            (Decision.ALLOW, Status.ALLOWED, True),
            (Decision.DENY, Status.DENIED, False),
        ],
    )
    def test_begins_as_its_decision_says(
        self, decision: Decision | None, status: Status, usable: bool
    ) -> None:
        made = record(decision=decision)
        assert made.status is status
        assert made.status.usable is usable

    def test_computes_what_it_can(self) -> None:
        made = record()
        assert made.class_name == made.name == "Reversion"
        assert made.source_sha256 == sha256_text(made.source)
        assert made.design_sha256 == sha256_json(made.design)
        assert made.created.tzinfo is UTC
        assert made.freqgen_version
        assert made.freqtrade_version

    def test_without_a_design_has_no_digest_of_one(self) -> None:
        assert record(design=None).design_sha256 is None

    def test_of_another_class_than_its_name(self) -> None:
        assert record(class_name="Other").class_name == "Other"

    def test_digest_of_a_design_does_not_depend_on_order(self) -> None:
        one, two = {"a": 1, "b": [1, {"x": 1, "y": 2}]}, {"b": [1, {"y": 2, "x": 1}], "a": 1}
        assert record(design=one).design_sha256 == record(design=two).design_sha256

    def test_goes_into_json(self) -> None:
        made = record()
        data = json.loads(json.dumps(made.to_dict(), allow_nan=False))
        assert data["decision"] == "allow"
        assert data["status"] == "allowed"
        assert data["usage"]["cost_usd"] is None
        assert data["path"] == "strategies/Reversion.py"
        assert datetime.fromisoformat(data["created"]) == made.created

    def test_that_was_not_allowed_belongs_where_freqtrade_does_not_look(self) -> None:
        made = record(decision=Decision.DENY, id="abc", status=Status.DENIED)
        assert made.path == "freqgen/drafts/abc/Reversion.py"

    def test_fingerprint_changes_with_any_field_but_the_status(self) -> None:
        made = record(id="abc", status=Status.ALLOWED)
        again = {field: getattr(made, field) for field in Record.__slots__}
        assert Record(**again | {"status": Status.REJECTED}).fingerprint == made.fingerprint
        changes = {
            "brief": "else",
            "findings": (),
            "revision": 7,
            "timings": {},
            "decision": None,
            "measurements": {"backtest": {"trades": 25}},
        }
        for field, value in changes.items():
            assert Record(**again | {field: value}).fingerprint != made.fingerprint, field

    def test_attempt_goes_into_json(self) -> None:
        data = json.loads(json.dumps(attempt(step=Step.REPAIR).to_dict()))
        assert data["step"] == "repair"
        assert data["findings"] == [{"code": "FG101"}]
        assert data["usage"]["input_tokens"] == 7

    def test_text_that_is_no_unicode_has_a_digest_too(self) -> None:
        assert len(sha256_text("\ud800")) == 64
