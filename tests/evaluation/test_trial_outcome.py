"""What a worker says of a trial is held against what it can be; all else is a finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pandas import DataFrame

from freqgen.evaluation.hearing import Heard
from freqgen.evaluation.trial_outcome import outcome
from freqgen.exceptions import SandboxUnavailable
from freqgen.sandbox.channel import Message
from freqgen.sandbox.frames import decode_frame, encode_frame
from freqgen.validation.laboratory import Trial

FRAME = DataFrame({"close": [1.0, 2.0], "enter_long": [0, 1]})
CANDLES = DataFrame({"close": [1.0, 2.0]})
REQUEST = {"name": "S", "source": "class S: ..."}


def told(
    *messages: Message, what: str = "frame", **heard: Any
) -> tuple[dict[str, Any], list[DataFrame]]:
    """What came of a trial, and the frames that were kept."""
    kept: list[DataFrame] = []

    def keep(data: bytes) -> str:
        kept.append(decode_frame(data))
        return f"frame {len(kept)}"

    trial = Trial(what=what, repeat=1).to_dict()
    found = outcome(REQUEST, trial, Heard(rest=[*messages], **heard), lambda: CANDLES, keep)
    json.dumps(found, allow_nan=False)  # it is sent on
    return found, kept


def frame(**head: Any) -> Message:
    said = {"op": "frame", "dtypes": ["float64", "int64"], "numbered": True, "lines": {}}
    return Message({**said, **head}, encode_frame(FRAME))


def test_a_frame_is_kept_beside_its_candles() -> None:
    found, kept = told(frame(lines={"enter_long": 7, "wrong": "x", "less": -1}))
    assert found == {
        "finding": None,
        "frame": "frame 1",
        "candles": "frame 2",
        "dtypes": ["float64", "int64"],
        "numbered": True,
        "lines": {"enter_long": 7},
    }
    assert [list(one.columns) for one in kept] == [["close", "enter_long"], ["close"]]


def test_times_are_numbers() -> None:
    times = {"op": "times", "seconds": [0.1, 2], "lines": [[3, 0.05]], "delayed": 0.5}
    found, _ = told(Message(times), what="time")
    assert (found["seconds"], found["costly"]) == ([0.1, 2.0], [[3, 0.05]])
    assert found["delayed"] == 0.5


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(None, id="nothing"),
        pytest.param(Message({"op": "word"}), id="another message"),
        pytest.param(frame(dtypes=["int64"]), id="too few types"),
        pytest.param(frame(dtypes="float64"), id="types that are no list"),
        pytest.param(frame(lines=[]), id="lines that are no object"),
        pytest.param(Message(frame().head, b"no frame"), id="bytes that are no frame"),
        pytest.param(Message({"op": "notes"}, b"no frame"), id="notes that are no frame"),
        pytest.param(Message({"op": "analysis", "values": []}), id="an analysis of nothing"),
        pytest.param(Message({"op": "times", "seconds": 1, "lines": []}), id="a time alone"),
        pytest.param(Message({"op": "times", "seconds": ["inf"], "lines": []}), id="no end"),
        pytest.param(Message({"op": "times", "seconds": ["nan"], "lines": []}), id="no number"),
        pytest.param(Message({"op": "times", "seconds": [10**400], "lines": []}), id="too long"),
        pytest.param(Message({"op": "times", "seconds": [], "lines": [[1]]}), id="half a line"),
        pytest.param(
            Message({"op": "times", "seconds": [], "lines": [], "delayed": "nan"}), id="no share"
        ),
        pytest.param(
            Message({"op": "times", "seconds": [], "lines": [[1, "-inf"]]}), id="no line's time"
        ),
    ],
)
def test_what_is_no_answer_is_a_finding(message: Message | None) -> None:
    found, _ = told(*([message] if message else []))
    assert found["finding"]["code"] == "FG815"
    assert found["finding"]["severity"] == "error"


def test_a_failure_is_a_finding_with_its_line() -> None:
    failed = {"error": "KeyError", "kinds": ["KeyError"], "message": "'x'", "line": 9}
    found, kept = told(frame(), failed=failed)
    assert (found["finding"]["code"], found["finding"]["line"]) == ("FG802", 9)
    assert kept == []


def test_what_needs_freqai_is_not_run() -> None:
    failed = {"error": "OperationalException", "message": "freqAI is not enabled. Please ..."}
    found, _ = told(failed=failed)  # the source has no word of it, so nobody believes that
    assert found["finding"]["code"] == "FG802"
    request = {**REQUEST, "source": "self.freqai.start(dataframe, metadata, self)"}
    with pytest.raises(SandboxUnavailable, match="needs FreqAI"):
        outcome(request, Trial().to_dict(), Heard(failed=failed), lambda: CANDLES, lambda _: "")
