"""What a confined process cannot do, each time with the proof that an unconfined one can."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sandbox.conftest import ROOT, Place

ACTS = {
    "write elsewhere": "(outside / 'new').write_text('x')",
    "read a secret": "(outside / 'secret').read_text()",
    "list a folder": "list(outside.iterdir())",
    "write through a link": """
        (folder / 'link').unlink(missing_ok=True)
        (folder / 'link').symlink_to(outside)
        (folder / 'link' / 'new').write_text('x')
    """,
    "link to a secret": "(folder / 'hard').hardlink_to(outside / 'secret')",
    "move a file in": "(outside / 'secret').rename(folder / 'mine')",
    "remove a file": "(outside / 'secret').unlink()",
    "empty a file": "import os; os.truncate(outside / 'secret', 0)",
    "open its rights": "(outside / 'secret').chmod(0o777)",
    "open rights of its own": "folder.chmod(0o777)",
    "date a file back": "import os; os.utime(outside / 'secret', (0, 0))",
    "give a file away": "import os; os.chown(outside / 'secret', os.getuid(), os.getgid())",
    "mark a file": "import os; os.setxattr(outside / 'secret', 'user.x', b'1')",
    "open a TCP socket": "import socket; socket.socket()",
    "open a UDP socket": "import socket; socket.socket(type=socket.SOCK_DGRAM)",
    "open a local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "a pair that could send anywhere": """
        import socket
        socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    """,
    "fork": "import os; os.fork() or os._exit(0)",
    "run a program": "import subprocess; subprocess.run(['true'], check=True)",
    "spawn a program": "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "signal its parent": "import os; os.kill(os.getppid(), 0)",
    "signal its group": "import os, signal; signal.signal(15, lambda *_: 0); os.killpg(0, 15)",
    "read its parent's environment": """
        import os
        Path(f'/proc/{os.getppid()}/environ').read_bytes()
    """,
    "make a pipe with a name": "import os; os.mkfifo(folder / 'pipe')",
    "hide a file in memory": "import os; os.memfd_create('x')",
    "outlive its parent": """
        import ctypes, os
        if ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), '')
    """,
    "be traced": """
        import ctypes
        if ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), '')
    """,
}


@pytest.mark.parametrize("code", ACTS.values(), ids=ACTS.keys())
def test_what_works_outside_is_refused_inside(place: Place, code: str) -> None:
    secret = place.outside / "secret"
    confined = place.run(code, confined=True)
    assert confined.stdout in {"refused: EPERM\n", "refused: EACCES\n", "refused: EXDEV\n"}, (
        confined
    )
    assert secret.read_text() == "a secret"
    assert not (place.outside / "new").exists()
    if place.user is not None and "getppid" in code:
        return  # the parent is root's, which protects it from an ordinary user
    free = place.run(code, confined=False)
    if "setxattr" in code and "ENOTSUP" in free.stdout:
        pytest.skip("this file system has no marks")
    assert "done" in free.stdout, free


WORK = {
    "numbers": """
        import numpy as np
        numbers = np.random.default_rng(1).normal(size=(300, 300))
        assert np.isfinite(np.linalg.svd(numbers)[1]).all()
    """,
    "frames in its folder": """
        import pandas as pd
        frame = pd.DataFrame({'a': range(1000)})
        frame.to_feather(folder / 'a.feather')
        assert pd.read_feather(folder / 'a.feather').equals(frame)
        (folder / 'a.feather').rename(folder / 'b.feather')
        (folder / 'b.feather').unlink()
    """,
    "indicators": """
        import numpy as np, pandas as pd, talib.abstract as ta
        from technical import qtpylib
        frame = pd.DataFrame({'close': np.arange(200.0)})
        assert ta.RSI(frame).notna().sum() == 186
        qtpylib.bollinger_bands(frame['close'])
    """,
    "threads": """
        import threading
        from joblib import Parallel, delayed
        seen = []
        thread = threading.Thread(target=seen.append, args=(1,))
        thread.start(); thread.join()
        assert seen == [1]
        assert Parallel(n_jobs=2, prefer='threads')(delayed(abs)(-n) for n in range(9))[8] == 8
    """,
    "asyncio": """
        import asyncio
        assert asyncio.run(asyncio.to_thread(sum, [1, 2])) == 3
    """,
    "learning": """
        import numpy as np
        from sklearn.ensemble import RandomForestRegressor
        x = np.arange(50.0)[:, None]
        RandomForestRegressor(n_estimators=3, n_jobs=2).fit(x, x[:, 0]).predict(x)
    """,
    "files and time zones": """
        import random, shutil, tempfile, time, zoneinfo
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            shutil.copyfile(file.name, folder / 'copy')
        zoneinfo.ZoneInfo('Europe/Paris'); time.sleep(0.01); random.random()
    """,
    "ending itself": "import os, signal; signal.signal(10, lambda *_: 0); os.kill(os.getpid(), 10)",
}


@pytest.mark.parametrize("code", WORK.values(), ids=WORK.keys())
def test_work_is_possible_inside(place: Place, code: str) -> None:
    if place.python != sys.executable:
        pytest.skip("the Python that an ordinary user can run has no numpy")
    done = place.run(code, confined=True)
    assert done.stdout == "done\n", done.stderr


def test_files_that_were_open_before_are_closed(place: Place) -> None:
    before = "import os\nkept = os.open(sys.argv[2] + '/secret', os.O_RDONLY)"
    code = "import os; os.read(kept, 9)"
    assert place.run(code, confined=True, before=before).stdout == "refused: EBADF\n"
    before = "import sys\n" + before
    assert place.run(code, confined=False, before=before).stdout == "done\n"


def test_what_is_given_to_read_can_be_read_and_not_written(place: Place) -> None:
    policy = "reading=(Path(sys.argv[2]),)"
    assert place.run(ACTS["read a secret"], confined=True, policy=policy).stdout == "done\n"
    for act in ("write elsewhere", "remove a file", "empty a file"):
        refused = place.run(ACTS[act], confined=True, policy=policy)
        assert refused.stdout.startswith("refused: "), act


@pytest.mark.parametrize(
    ("code", "policy", "ends"),
    [
        ("while True: pass", "seconds=1", -signal.SIGXCPU),
        (
            "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
            "seconds=1",
            -signal.SIGKILL,
        ),
        (
            "(folder / 'big').write_bytes(bytes(3_000_000))",
            "file_mb=1",
            "refused: EFBIG\n",
        ),
    ],
    ids=["time", "time, unheard", "size of a file"],
)
def test_there_are_limits(place: Place, code: str, policy: str, ends: int | str) -> None:
    done = place.run(code, confined=True, policy=policy)
    assert (done.stdout if isinstance(ends, str) else done.returncode) == ends, done


def test_memory_has_a_limit(place: Place) -> None:
    code = """
        try:
            bytearray(2_000_000_000)
        except MemoryError:
            raise OSError(12, 'no memory')
    """
    assert place.run(code, confined=True, policy="memory_mb=1000").stdout == "refused: ENOMEM\n"
    assert place.run(code, confined=True, policy="memory_mb=0").stdout == "done\n"


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed takes it along, whatever it is doing."""
    child = (
        "import os, sys, time\nfrom pathlib import Path\n"
        "from freqgen.sandbox.confine import Policy, confine\n"
        "confine(Policy(folder=Path(sys.argv[1]), parent=os.getppid()))\n"
        "print(os.getpid(), flush=True)\ntime.sleep(600)\n"
    )
    parent = (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-P', '-c', sys.argv[2], sys.argv[1]])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", parent, str(tmp_path), child],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        confined = int(process.stdout.readline())
        process.kill()
    end = time.monotonic() + 30
    while Path(f"/proc/{confined}").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not Path(f"/proc/{confined}").exists()


def test_who_has_lost_its_parent_already_is_not_confined(place: Place) -> None:
    code = "pass"
    done = place.run(code, confined=True, before="getppid = os.getppid\nos.getppid = lambda: 1")
    assert done.returncode == 0  # the policy asked for the same made-up parent
    before = "values = iter([1, 2])\nos.getppid = lambda: next(values)"
    lost = place.run(code, confined=True, before=before)
    assert "ProcessLookupError: the parent has ended" in lost.stderr
    assert lost.stdout == ""
