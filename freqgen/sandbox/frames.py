"""Data frames as Arrow bytes, checked before they are believed.

Only plain columns cross: numbers, booleans, times and text. Arrow's extension types, nested types
and the metadata that pandas reads back are refused or dropped, and every buffer is validated,
because bytes of a worker may be anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow as pa

from freqgen.sandbox.channel import Garbled

_MAX_COLUMNS = 5000


def encode_frame(frame: pd.DataFrame, columns: Iterable[int] | None = None) -> bytes:
    """Put a frame into bytes: its columns in order, without its index.

    A column of other objects is written as text: strings as they are, others as ``repr`` has them.

    :param columns: Positions of the columns to write; by default all.
    """
    chosen = range(frame.shape[1]) if columns is None else columns
    names, arrays = [], []
    for position in chosen:
        names.append(_sent(str(frame.columns[position])))
        arrays.append(_array(frame.iloc[:, position]))
    table = pa.Table.from_arrays(arrays, names=names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _array(column: pd.Series[Any]) -> Any:
    try:
        array = pa.array(column.array, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        array = None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array is not None and pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array is None or not _is_plain(array.type):
        array = pa.array([_shown(value) for value in column], type=pa.string())
    return array


def _shown(value: object) -> str | None:
    if isinstance(value, str):
        return _sent(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    try:
        return _sent(repr(value)[:200])
    except Exception:  # noqa: BLE001  (any class of a strategy's may be in a column)
        return f"<{type(value).__name__}>"


def _sent(text: str) -> str:
    """Text that can be sent: halves of characters are written out."""
    return text.encode(errors="backslashreplace").decode()


def _is_plain(kind: Any) -> bool:
    of = pa.types
    return bool(
        of.is_floating(kind)
        or of.is_integer(kind)
        or of.is_boolean(kind)
        or of.is_timestamp(kind)
        or of.is_duration(kind)
        or of.is_string(kind)
        or of.is_large_string(kind)
        or of.is_null(kind)
    )


def decode_frame(data: bytes, *, max_rows: int = 50_000_000) -> pd.DataFrame:
    """Read bytes back, whoever wrote them.

    :returns: The columns in order, numbered from 0 in the index; names may repeat. Integers and
        booleans with missing values become floats and objects, text becomes objects; times with
        a zone are in UTC.
    :raises Garbled: If the bytes are no such frame.
    """
    try:
        return _frame(_table(data, max_rows))
    except Garbled:
        raise
    except (ArithmeticError, LookupError, MemoryError, OSError, TypeError, ValueError) as exc:
        raise Garbled(f"no Arrow stream: {str(exc)[:100]}") from exc
    except pa.ArrowException as exc:
        raise Garbled(f"no Arrow stream: {str(exc)[:100]}") from exc


def _table(data: bytes, max_rows: int) -> Any:
    with pa.ipc.open_stream(pa.BufferReader(data)) as reader:
        schema = reader.schema
        if len(schema) > _MAX_COLUMNS:
            raise Garbled(f"a frame of {len(schema)} columns")
        if odd := [str(field.type) for field in schema if not _is_plain(field.type)]:
            raise Garbled(f"a column of type {odd[0][:60]}")
        table = reader.read_all()
    table.validate(full=True)
    if table.num_rows > max_rows:
        raise Garbled(f"a frame of {table.num_rows:,} rows")
    # Values that take no bytes, or share them, or are compressed, could fill any memory.
    empty = sum(1 for field in schema if pa.types.is_null(field.type))
    if table.nbytes > len(data) or table.num_rows * empty > len(data):
        raise Garbled(f"{len(data):,} bytes that stand for many more")
    return table


def _frame(table: Any) -> pd.DataFrame:
    columns = {
        position: _series(column.combine_chunks()) for position, column in enumerate(table.columns)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
    frame.columns = pd.Index([str(name) for name in table.column_names], dtype=object)
    return frame


def _series(array: Any) -> Any:
    if isinstance(array, pa.ChunkedArray):  # an empty table has no chunk to combine
        array = pa.array([], type=array.type)
    of = pa.types
    if of.is_timestamp(array.type) and array.type.tz is not None:
        # Names of time zones become paths of files, and UTC says the same.
        array = array.cast(pa.timestamp(array.type.unit, "UTC"))
    if of.is_timestamp(array.type) or of.is_duration(array.type):
        return array.to_pandas()
    if of.is_string(array.type) or of.is_large_string(array.type) or of.is_null(array.type):
        return pd.Series(array.to_pylist(), dtype=object)
    return array.to_numpy(zero_copy_only=False).copy()
