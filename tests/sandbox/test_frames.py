"""Frames cross as plain columns; any other bytes are refused, and none of them does harm."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.sandbox.channel import Garbled
from freqgen.sandbox.frames import decode_frame, encode_frame

ROWS = st.integers(0, 30)
TIMES = pd.date_range("2024-01-01", periods=30, freq="5min", tz="UTC")


def columns(rows: int) -> st.SearchStrategy[Any]:
    """Columns of every kind that crosses."""

    def lists(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(of, min_size=rows, max_size=rows)

    numbers = st.floats(width=64)
    return st.one_of(
        lists(numbers).map(lambda v: np.array(v, dtype="float64")),
        lists(st.floats(width=32)).map(lambda v: np.array(v, dtype="float32")),
        lists(st.integers(-(2**63), 2**63 - 1)).map(lambda v: np.array(v, dtype="int64")),
        lists(st.integers(0, 255)).map(lambda v: np.array(v, dtype="uint8")),
        lists(st.booleans()).map(lambda v: np.array(v, dtype="bool")),
        lists(st.none() | st.text(max_size=8)).map(lambda v: pd.Series(v, dtype=object)),
        st.just(TIMES[:rows]),
    )


FRAMES = ROWS.flatmap(
    lambda rows: st.dictionaries(st.text(max_size=8), columns(rows), max_size=5).map(
        lambda data: pd.DataFrame(data, index=pd.RangeIndex(rows))
    )
)


@given(frame=FRAMES)
def test_a_frame_arrives_as_it_was_sent(frame: pd.DataFrame) -> None:
    found = decode_frame(encode_frame(frame))
    assert list(found.columns) == list(frame.columns)
    if frame.shape[1]:
        assert len(found) == len(frame)
    for name in frame.columns:
        same(found[name], frame[name])


def same(found: pd.Series[Any], wanted: pd.Series[Any]) -> None:
    """Equal value by value; missing text is ``None``."""
    for a, b in zip(found.tolist(), wanted.tolist(), strict=True):
        missing = b is None or (isinstance(b, float) and math.isnan(b)) or b is pd.NaT
        assert (a is None or a != a) if missing else a == b
    if wanted.dtype.kind in "fiubM":
        assert found.dtype.kind == wanted.dtype.kind


def stream(data: dict[str, Any] | pa.Table) -> bytes:
    """Arrow's stream format, with columns of any type."""
    table = data if isinstance(data, pa.Table) else pa.table(data)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


SOUND = encode_frame(
    pd.DataFrame(
        {
            "date": TIMES,
            "close": np.linspace(1, 2, 30),
            "enter_tag": ["rsi", None, "a long tag"] * 10,
            "enter_long": [1, 0, 1] * 10,
            "ok": [True, False, True] * 10,
        }
    )
)


def read_or_refuse(data: bytes) -> None:
    """Whatever bytes are: a frame or :class:`Garbled`, and the frame can be used."""
    try:
        frame = decode_frame(data, max_rows=10_000)
    except Garbled:
        return
    assert isinstance(frame, pd.DataFrame)
    for position in range(frame.shape[1]):
        frame.iloc[:, position].tolist()


@given(data=st.binary(max_size=500))
def test_any_bytes_are_a_frame_or_garbled(data: bytes) -> None:
    read_or_refuse(data)


@given(length=st.integers(0, len(SOUND)))
def test_a_stream_that_is_cut_is_a_frame_or_garbled(length: int) -> None:
    read_or_refuse(SOUND[:length])


@given(
    flips=st.lists(
        st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 7)), min_size=1, max_size=6
    )
)
def test_flipped_bits_are_a_frame_or_garbled(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SOUND)
    for place, bit in flips:
        data[place] ^= 1 << bit
    read_or_refuse(bytes(data))


@given(
    place=st.integers(0, len(SOUND) - 8),
    value=st.sampled_from([0, 1, 1 << 31, (1 << 32) - 1, 1 << 62, (1 << 63) - 1, (1 << 64) - 1]),
)
def test_huge_numbers_anywhere_are_a_frame_or_garbled(place: int, value: int) -> None:
    data = bytearray(SOUND)
    data[place : place + 8] = value.to_bytes(8, "little")
    read_or_refuse(bytes(data))


class Point(pa.ExtensionType):
    """A type of somebody's own, which Arrow would look up in a register."""

    def __init__(self) -> None:
        super().__init__(pa.int64(), "tests.point")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> Point:
        raise AssertionError("a type of the sender's was made")


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pa.array([[1, 2], [3]]), id="lists"),
        pytest.param(pa.array([{"a": 1}]), id="structs"),
        pytest.param(pa.array([[("a", 1)]], type=pa.map_(pa.string(), pa.int64())), id="maps"),
        pytest.param(pa.array([b"x"]), id="bytes"),
        pytest.param(pa.array([b"xy"], type=pa.binary(2)), id="bytes of one length"),
        pytest.param(pa.array(["a"]).dictionary_encode(), id="dictionaries"),
        pytest.param(pa.array([decimal.Decimal("1.5")]), id="decimals"),
        pytest.param(pa.array([dt.date(2024, 1, 1)]), id="days"),
        pytest.param(pa.array([dt.time(1)]), id="times of day"),
        pytest.param(pa.array(["a"], type=pa.string_view()), id="views of text"),
        pytest.param(
            pa.UnionArray.from_sparse(pa.array([0], type=pa.int8()), [pa.array([1])]), id="unions"
        ),
        pytest.param(pa.RunEndEncodedArray.from_arrays([1], [1]), id="runs"),
    ],
)
def test_columns_that_are_not_plain_are_refused(column: Any) -> None:
    with pytest.raises(Garbled, match="a column of type"):
        decode_frame(stream({"a": column}))


def test_a_type_of_the_senders_own_is_never_made() -> None:
    kind = Point()
    array = pa.ExtensionArray.from_storage(kind, pa.array([1, 2]))
    data = stream({"a": array})
    read_or_refuse(data)  # as who does not know the type reads it
    pa.register_extension_type(kind)
    try:
        with pytest.raises((Garbled, AssertionError)):
            decode_frame(data)
    finally:
        pa.unregister_extension_type("tests.point")


def test_what_pandas_would_read_back_is_dropped() -> None:
    table = pa.Table.from_pandas(pd.DataFrame({"a": [1, 2]}, index=[5, 6]))
    metadata = {**table.schema.metadata, b"pandas": b'{"index_columns": ["__import__"]}'}
    found = decode_frame(stream(table.replace_schema_metadata(metadata)))
    assert list(found.index) == [0, 1]
    assert found.columns.tolist() == ["a", "__index_level_0__"]


def test_there_is_a_limit_of_rows_and_of_columns() -> None:
    with pytest.raises(Garbled, match="a frame of 11 rows"):
        decode_frame(stream({"a": np.zeros(11)}), max_rows=10)
    many = pa.table([pa.nulls(0)] * 5001, names=[str(i) for i in range(5001)])
    with pytest.raises(Garbled, match="a frame of 5001 columns"):
        decode_frame(stream(many))


def test_a_small_stream_cannot_be_a_large_frame() -> None:
    """Arrow's nulls take no bytes, compressed buffers few: neither may fill the memory."""
    many = pa.table([pa.nulls(100_000)] * 200, names=[str(i) for i in range(200)])
    with pytest.raises(Garbled, match="stand for many more"):
        decode_frame(stream(many))
    sink = pa.BufferOutputStream()
    zeros = pa.table({"a": np.zeros(1 << 20)})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, zeros.schema, options=options) as writer:
        writer.write_table(zeros)
    small = sink.getvalue().to_pybytes()
    assert len(small) < 10_000
    with pytest.raises(Garbled, match="stand for many more"):
        decode_frame(bytes(small))


def test_batches_without_end_are_refused() -> None:
    sink = pa.BufferOutputStream()
    batch = pa.record_batch({"a": np.zeros(1000)})
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        for _ in range(100):
            writer.write_batch(batch)
    with pytest.raises(Garbled, match="rows"):
        decode_frame(bytes(sink.getvalue().to_pybytes()), max_rows=50_000)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "+02:00", "../../etc/passwd", "nowhere", "\x00"])
def test_times_are_in_utc_whatever_zone_they_claim(zone: str) -> None:
    wanted = pa.array([0, 3_600_000], type=pa.timestamp("ms", "UTC"))
    data = stream({"date": wanted.cast(pa.timestamp("ms", zone))})
    assert decode_frame(data)["date"].astype("int64").tolist() == [0, 3_600_000]


class Hostile:
    """An object that does not want to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __float__(self) -> float:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        pytest.param([1, "a", None], ["1", "a", None], id="mixed"),
        pytest.param([{1}, [2], ("x",)], ["{1}", "[2]", "('x',)"], id="containers"),
        pytest.param([Hostile()], ["<Hostile>"], id="one that cannot be shown"),
        pytest.param([10**30], [str(10**30)], id="large numbers"),
        pytest.param([1j], ["1j"], id="complex"),
        pytest.param([b"x"], ["b'x'"], id="bytes"),
        pytest.param([object], ["<class 'object'>"], id="classes"),
        pytest.param(["\ud800"], ["\\ud800"], id="half a character"),
    ],
)
def test_other_objects_cross_as_text(values: list[Any], wanted: list[Any]) -> None:
    frame = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    assert decode_frame(encode_frame(frame))["a"].tolist() == wanted


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: pd.Series(["a", "b"], dtype="category"), id="categories"),
        pytest.param(lambda: pd.Series(["a", None], dtype="string"), id="text"),
        pytest.param(lambda: pd.Series([1, None], dtype="Int64"), id="numbers with gaps"),
        pytest.param(lambda: pd.Series([True, None], dtype="boolean"), id="truths with gaps"),
        pytest.param(lambda: pd.Series(pd.arrays.SparseArray([0.0, 1.0])), id="sparse"),
        pytest.param(lambda: pd.Series(pd.period_range("2024", periods=2)), id="periods"),
        pytest.param(lambda: pd.Series(pd.interval_range(0, 2)), id="intervals"),
        pytest.param(lambda: pd.Series(np.array([1, 2], dtype="complex128")), id="complex"),
        pytest.param(lambda: pd.Series(pd.to_timedelta([1, 2], unit="s")), id="durations"),
    ],
)
def test_every_kind_of_column_crosses(make: Callable[[], pd.Series[Any]]) -> None:
    column = make()
    found = decode_frame(encode_frame(pd.DataFrame({"a": column})))["a"]
    assert len(found) == 2


def test_columns_may_have_any_name_twice_and_be_chosen() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "a", 5])
    found = decode_frame(encode_frame(frame))
    assert found.columns.tolist() == ["a", "a", "5"]
    assert decode_frame(encode_frame(frame, [2, 0])).iloc[0].tolist() == [3, 1]
