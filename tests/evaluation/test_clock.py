"""A clock that is ahead is ahead for everybody, and everything else of it goes on working."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import datetime, time, pickle
import pandas as pd
import freqtrade.strategy.interface
from freqtrade.util import dt_now
before = datetime.datetime.now(datetime.UTC)
early = datetime.datetime(2024, 1, 1)
from freqgen.evaluation.clock import set_ahead
set_ahead(86_400 * 3.0)
from datetime import datetime as later
ahead = datetime.timedelta(days=3)
for now in (
    later.now(datetime.UTC), later.utcnow().replace(tzinfo=datetime.UTC),
    later.today().astimezone(datetime.UTC), dt_now(), datetime.datetime.now(datetime.UTC),
    later.fromtimestamp(time.time(), datetime.UTC),
    later.fromtimestamp(time.time_ns() / 1e9, datetime.UTC),
):
    assert ahead <= now - before < ahead + datetime.timedelta(minutes=5), now
for name in ("now", "utcnow", "today"):
    given = getattr(pd.Timestamp, name)().tz_localize(None)
    real = pd.Timestamp(before).tz_localize(None)
    assert given - real >= pd.Timedelta(0)
made = later(2024, 1, 1)
assert made == early and type(made) is type(early)
assert isinstance(made, later) and isinstance(before, later)
assert issubclass(type(early), later) and not isinstance(5, later)
assert later.strptime("2024-01-01", "%Y-%m-%d") == early
assert made + ahead == datetime.datetime(2024, 1, 4)
assert pd.Timestamp(made) == pd.Timestamp("2024-01-01")
assert pd.Series([made]).dt.year.iloc[0] == 2024
print("ahead")
"""


@pytest.mark.soak
def test_a_clock_that_is_ahead() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], capture_output=True, text=True, check=False
    )
    assert done.stdout == "ahead\n", done.stderr[-2000:]
