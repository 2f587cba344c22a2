"""Which candles lie in a data folder, found by the names of the files alone.

Freqtrade's data handlers answer the same questions, at the price of importing Freqtrade's
exchanges, which takes seconds. A test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from freqgen.exceptions import DataMissing, UsageError
from freqgen.printable import command_line, printable

EXTENSIONS = {"feather": "feather", "json": "json", "jsongz": "json.gz", "parquet": "parquet"}
"""File name extension of each of Freqtrade's formats (``dataformat_ohlcv``)."""

_FILE = re.compile(r"^(?P<pair>[\w-]+)-(?P<timeframe>\d+[a-zA-Z]{1,2})-?(?P<kind>[a-zA-Z_]*)$")
_SEPARATORS = str.maketrans(dict.fromkeys("/ .@$+:", "_"))


def _extension(data_format: str) -> str:
    if data_format not in EXTENSIONS:
        raise UsageError(
            f"candles cannot be stored in the format '{data_format}'",
            hint=f"set dataformat_ohlcv to one of: {', '.join(EXTENSIONS)}",
        )
    return EXTENSIONS[data_format]


def candle_file(
    datadir: Path,
    pair: str,
    timeframe: str,
    *,
    trading_mode: str = "spot",
    data_format: str = "feather",
) -> Path:
    """Path where Freqtrade keeps the candles of a pair.

    :param trading_mode: ``spot`` or ``futures``.
    :raises UsageError: If Freqtrade has no such format.
    """
    extension = _extension(data_format)
    name = f"{pair.translate(_SEPARATORS)}-{timeframe.replace('M', 'Mo')}"
    if trading_mode == "futures":
        return datadir / "futures" / f"{name}-futures.{extension}"
    return datadir / f"{name}.{extension}"


def find_pairs(
    datadir: Path, timeframe: str, trading_mode: str = "spot", *, data_format: str = "feather"
) -> list[str]:
    """Pairs with candles of a timeframe in a data folder, sorted by name.

    :param datadir: Freqtrade's ``datadir``.
    :returns: Pairs as Freqtrade writes them, ``BTC/USDT`` or ``BTC/USDT:USDT``; none if the
        folder does not exist.
    :raises UsageError: If Freqtrade has no such format.
    """
    suffix = f".{_extension(data_format)}"
    kind = "futures" if trading_mode == "futures" else ""
    folder = datadir / "futures" if trading_mode == "futures" else datadir
    if not folder.is_dir():
        return []
    found = set()
    for path in folder.iterdir():
        match = _FILE.match(path.name.removesuffix(suffix)) if path.name.endswith(suffix) else None
        if match is None or match["kind"] != kind:
            continue
        if re.sub("1mo", "1M", match["timeframe"], flags=re.IGNORECASE) == timeframe:
            found.add(match["pair"].replace("_", "/", 1).replace("_", ":", 1))
    return sorted(found)


def all_pairs(
    datadir: Path, trading_mode: str = "spot", *, data_format: str = "feather"
) -> list[str]:
    """Pairs with candles of any timeframe in a data folder, sorted by name."""
    suffix = f".{_extension(data_format)}"
    kind = "futures" if trading_mode == "futures" else ""
    folder = datadir / "futures" if trading_mode == "futures" else datadir
    if not folder.is_dir():
        return []
    matches = (
        _FILE.match(path.name.removesuffix(suffix))
        for path in folder.iterdir()
        if path.name.endswith(suffix)
    )
    names = {match["pair"] for match in matches if match is not None and match["kind"] == kind}
    return sorted(name.replace("_", "/", 1).replace("_", ":", 1) for name in names)


def quote_of(pair: str) -> str:
    """Quote currency of a pair: ``USDT`` of ``BTC/USDT`` and of ``BTC/USDT:USDT``."""
    return pair.partition("/")[2].partition(":")[0]


def as_written_in(trading_mode: str, pair: str) -> str:
    """A pair as Freqtrade writes it in a trading mode: ``BTC/USDT:USDT`` in futures."""
    if trading_mode == "futures":
        return pair if ":" in pair or "/" not in pair else f"{pair}:{quote_of(pair)}"
    return pair.partition(":")[0]


def download_command(
    *,
    exchange: str,
    pairs: Iterable[str],
    timeframes: Iterable[str],
    timerange: str = "",
    datadir: Path | None = None,
    userdir: Path | None = None,
    trading_mode: str = "spot",
    data_format: str = "feather",
    prepend: bool = False,
    days: int = 0,
) -> str:
    """Write the ``freqtrade download-data`` line that gets candles.

    :param pairs: As the user wrote them; those of futures get their settlement currency.
    :param prepend: The files exist but begin too late.
    :param days: How many days back, where there is no timerange.
    """
    words = ["freqtrade", "download-data", "--exchange", exchange]
    named = dict.fromkeys(as_written_in(trading_mode, pair) for pair in pairs)
    words += ["--pairs", *named, "--timeframes", *dict.fromkeys(timeframes)]
    if timerange:
        words += ["--timerange", timerange]
    elif days:
        words += ["--days", str(days)]
    if trading_mode != "spot":
        words += ["--trading-mode", trading_mode]
    if data_format != "feather":
        words += ["--data-format-ohlcv", data_format]
    if prepend:
        words += ["--prepend"]
    if userdir is not None:
        words += ["--userdir", str(userdir)]
    if datadir is not None:
        words += ["--datadir", str(datadir)]
    return command_line(words)


def check_candles(
    datadir: Path,
    required: Sequence[tuple[str, str]],
    *,
    exchange: str,
    timerange: str = "",
    trading_mode: str = "spot",
    data_format: str = "feather",
    userdir: Path | None = None,
    closed: str = "",
) -> None:
    """Refuse a run whose candles are not there.

    :param required: Pairs and timeframes that the run reads.
    :param closed: What there is, said in place of the command where none may be downloaded.
    :raises DataMissing: If a file is missing; the hint is the command that downloads exactly
        the missing ones.
    """
    missing = [
        (pair, timeframe)
        for pair, timeframe in dict.fromkeys(required)
        if not candle_file(
            datadir, pair, timeframe, trading_mode=trading_mode, data_format=data_format
        ).is_file()
    ]
    if not missing:
        return
    named = ", ".join(f"{pair} {timeframe}" for pair, timeframe in missing[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    where = (
        f" in {printable(datadir)}"
        if datadir.is_dir()
        else f": the folder {printable(datadir)} does not exist"
    )
    raise DataMissing(
        f"there are no candles of {named}{more}{where}",
        hint=closed
        or download_command(
            exchange=exchange,
            pairs=[pair for pair, _ in missing],
            timeframes=[timeframe for _, timeframe in missing],
            timerange=timerange,
            datadir=datadir,
            userdir=userdir,
            trading_mode=trading_mode,
            data_format=data_format,
        ),
    )
