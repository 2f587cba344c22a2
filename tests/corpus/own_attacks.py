"""Attacks on what stands between a strategy and the engine: the channel, the worker, the engine.

All trade by the rules of the corpus, unless they lie about them. Whatever they do, a result must
be one that its signals can give: trades at prices that were, with fees, within the limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.corpus.attacks import HONEST

_CHANNEL = """
import json, os, stat, struct

def channel():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            continue

def raw(data):
    while data:
        data = data[os.write(channel(), data):]

def say(head, payload=b""):
    text = json.dumps(head).encode()
    raw(struct.pack("<IQ", len(text), len(payload)) + text + payload)
"""

_DECLARED = """
DECLARED = {
    "op": "declared",
    "attributes": {"timeframe": "5m", "stoploss": -0.05, "minimal_roi": {"0": 0.02}},
    "changed": {}, "own": {}, "callbacks": [], "after_fill": False, "informative": [], "engine": [],
}
"""

_EXITS = """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        {body}
        return None
"""


@dataclass(frozen=True, kw_only=True)
class Own:
    """One attack.

    :param head: Code of the module.
    :param body: A statement, or several, of ``populate_indicators``.
    :param methods: Methods of the class.
    :param holds: What must come of it: ``same`` (the numbers of the honest rules, or a fault of
        the strategy), ``fault`` (it is stopped), ``exactly`` (the numbers, and no fault),
        ``possible`` (a fault, or numbers that the rules could give with other signals).
    :param codes: The codes of the fault, if only these will do.
    """

    name: str
    head: str = ""
    body: str = "pass"
    methods: str = ""
    holds: str = "same"
    codes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The strategy, with the placeholders of the corpus."""
        lines = "\n".join(f"        {line}" for line in self.body.strip("\n").splitlines())
        marked = HONEST.replace(
            "        return dataframe\n", f"{lines}\n        return dataframe\n", 1
        )
        marked = marked.replace("\nclass ", f"\n{self.head}\n\nclass ", 1)
        return marked + self.methods


def _exit(body: str) -> str:
    return _EXITS.format(body=body)


OWN = [
    # The channel: messages that are not this strategy's to send.
    Own(name="says it is done", head=_CHANNEL, body='say({"op": "done"})', holds="fault"),
    Own(
        name="says it is done before it is loaded",
        head=_CHANNEL + 'say({"op": "done"})',
        holds="fault",
    ),
    Own(
        name="sends signals of a pair twice",
        head=_CHANNEL,
        body="""
from freqgen.sandbox.frames import encode_frame
best = dataframe[["date", "open", "high", "low", "close", "volume"]].copy()
best["enter_long"] = (best["close"].shift(-12) > best["close"] * 1.01).astype(int)
say({"op": "signals", "pair": metadata["pair"], "dtypes": {}}, encode_frame(best))
""",
        holds="possible",
    ),
    Own(
        name="sends signals of a pair that nobody asked for",
        head=_CHANNEL,
        body="""
from freqgen.sandbox.frames import encode_frame
say({"op": "signals", "pair": "../../etc/passwd", "dtypes": {}}, encode_frame(dataframe))
""",
    ),
    Own(
        name="sends signals without types",
        head=_CHANNEL,
        body='say({"op": "signals", "pair": metadata["pair"], "dtypes": 5})',
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends signals that are no frame",
        head=_CHANNEL,
        body='say({"op": "signals", "pair": metadata["pair"], "dtypes": {}}, os.urandom(500))',
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends trades that never were",
        head=_CHANNEL,
        body="""
import pandas as pd
from freqgen.sandbox.frames import encode_frame
say({"op": "trades"}, encode_frame(pd.DataFrame({"profit_ratio": [9.0] * 99})))
""",
    ),
    Own(
        name="sends answers of callbacks that it does not have",
        head=_CHANNEL,
        body="""
from freqgen.evaluation.callbacks import Log
log = Log()
say({"op": "answers"}, log.to_bytes())
""",
    ),
    Own(
        name="sends answers that are no log",
        head=_CHANNEL,
        body='say({"op": "answers"}, b"ARROW1")',
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="declares itself before it starts",
        head=_CHANNEL + _DECLARED + "say(DECLARED)",
    ),
    Own(
        name="declares better rules and no end of trades",
        head=_CHANNEL + _DECLARED,
        body="""
DECLARED["attributes"].update(stoploss=-0.99, max_open_trades=1000, stake_amount=10**9)
say(DECLARED)
""",
        holds="possible",
    ),
    Own(
        name="declares a fee",
        head=_CHANNEL + _DECLARED,
        body='DECLARED["attributes"]["fee"] = 0.0; say(DECLARED)',
        holds="fault",
        codes=("FG815",),
    ),
    *(
        Own(
            name=f"declares {what}",
            head=_CHANNEL + _DECLARED,
            body=f"DECLARED.update({change}); say(DECLARED)",
            holds="fault",
            codes=("FG815",),
        )
        for what, change in {
            "code as a number": 'attributes={"timeframe": "5m", "stoploss": "__import__(\'os\')"}',
            "a number without end": 'attributes={"timeframe": "5m", "stoploss": 10 ** 400}',
            "nothing": "attributes=None",
            "callbacks that there are not": 'callbacks=["__init__"]',
            "callbacks that cannot be compared": "callbacks=[[1], {}]",
            "attributes that are a list": "attributes=[1, 2]",
            "times that are no minutes": (
                'attributes={"timeframe": "5m", "stoploss": -0.1, "minimal_roi": {"x": 1}}'
            ),
            "informative pairs that are none": "informative=[1]",
            "half of it": "attributes={}",
        }.items()
    ),
    Own(
        name="announces more than there is memory",
        head=_CHANNEL,
        body='raw(struct.pack("<IQ", 5, 1 << 63))',
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="announces text of four gigabytes",
        head=_CHANNEL,
        body='raw(struct.pack("<IQ", (1 << 32) - 1, 0))',
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends a million messages of no kind",
        head=_CHANNEL,
        body="""
for _ in range(1_000_000):
    say({"op": "x"})
""",
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends JSON as deep as it goes",
        head=_CHANNEL,
        body="""
text = b'{"op":' * 50_000 + b"1" + b"}" * 50_000
raw(struct.pack("<IQ", len(text), 0) + text)
""",
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends a few bytes that stand for many",
        head=_CHANNEL,
        body="""
import pyarrow as pa
table = pa.table([pa.nulls(500_000)] * 400, names=[str(i) for i in range(400)])
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table)
head = {"op": "signals", "pair": metadata["pair"], "dtypes": {}}
say(head, sink.getvalue().to_pybytes())
""",
        holds="fault",
        codes=("FG815",),
    ),
    Own(
        name="sends half a message and waits",
        head=_CHANNEL,
        body="""
import time
raw(struct.pack("<IQ", 500, 0) + b"{")
time.sleep(60)
""",
        holds="fault",
        codes=("FG810",),
    ),
    Own(
        name="closes the channel and goes on",
        head=_CHANNEL,
        body="""
import time
os.close(channel())
time.sleep(60)
""",
        holds="fault",
        codes=("FG814",),
    ),
    *(
        Own(
            name=f"asks for the candles of {pair}",
            head=_CHANNEL,
            body=f"""
say({{"op": "candles", "pair": {pair!r}, "timeframe": {timeframe!r}, "type": {kind!r}}})
print(os.read(channel(), 1 << 20))
""",
            holds="fault",
            codes=("FG815",),
        )
        for pair, timeframe, kind in [
            ("../../etc/passwd", "5m", "spot"),
            ("..", "5m", "spot"),
            ("AVAX/USDT", "../5m", "spot"),
            ("AVAX/USDT", "5m", "../spot"),
            ("AVAX/USDT\0", "5m", "spot"),
            ("A" * 10_000, "5m", "spot"),
        ]
    ),
    Own(
        name="asks for candles a million times",
        head=_CHANNEL,
        body="""
for _ in range(1_000_000):
    say({"op": "candles", "pair": "NO/NE", "timeframe": "5m", "type": "spot"})
    os.read(channel(), 1 << 20)
""",
        holds="fault",
    ),
    # What runs in the worker beside the strategy.
    Own(
        name="has every message changed as it is sent",
        head="""
from freqgen.sandbox.channel import Channel
_send = Channel.send
def send(self, head, payload=b""):
    if head["op"] == "declared":
        head["attributes"]["stoploss"] = -0.99
        head["attributes"]["trailing_stop"] = True
    return _send(self, head, payload)
Channel.send = send
""",
        holds="possible",
    ),
    Own(
        name="has frames written with better candles",
        head="""
import freqgen.evaluation.session as session
_encode = session.encode_frame
def encode(frame, columns=None):
    frame = frame.copy()
    for name in ("open", "low"):
        if name in frame:
            frame[name] = frame[name] * 0.9
    return _encode(frame, columns)
session.encode_frame = encode
""",
        holds="fault",
        codes=("FG804",),
    ),
    Own(
        name="has JSON written that is none",
        head='import json\njson.dumps = lambda *a, **k: "{"',
        holds="fault",
    ),
    Own(
        name="has Arrow write nothing",
        head="import pyarrow as pa\npa.ipc.new_stream = lambda *a, **k: None",
        holds="fault",
    ),
    Own(
        name="replaces numpy's functions",
        body="""
import numpy as np
for name in ("isnan", "flatnonzero", "array", "asarray", "where"):
    setattr(np, name, lambda *a, **k: 1.0)
""",
    ),
    Own(
        name="replaces pandas' comparisons",
        head="import pandas as pd\npd.DataFrame.equals = pd.Series.equals = lambda *a: True",
        holds="exactly",
    ),
    Own(
        name="replaces the engine",
        head="""
from freqtrade.optimize.backtesting import Backtesting
Backtesting.backtest = lambda *a, **k: {}
""",
        holds="fault",
    ),
    Own(
        name="replaces the engine's profits",
        head="""
from freqtrade.persistence import LocalTrade
LocalTrade.calc_profit_ratio = lambda *a, **k: 0.5
LocalTrade.calc_close_trade_value = lambda *a, **k: 1e6
""",
        methods=_exit("self.seen = current_profit"),
    ),
    Own(
        name="replaces the engine's fees",
        head="""
from freqtrade.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting
Exchange.get_fee = lambda *a, **k: -0.01
""",
        methods=_exit("trade.fee_open = trade.fee_close = -0.01"),
    ),
    Own(
        name="forgets trades while they run",
        head="from freqtrade.persistence import LocalTrade",
        methods=_exit("LocalTrade.bt_trades.clear()"),
        holds="fault",
    ),
    Own(
        name="forgets lost trades",
        head="from freqtrade.persistence import LocalTrade",
        methods=_exit(
            "LocalTrade.bt_trades[:] = [t for t in LocalTrade.bt_trades if t.close_profit > 0]"
        ),
        holds="fault",
    ),
    Own(
        name="changes its stop while it trades",
        methods=_exit("self.stoploss = -0.99"),
    ),
    Own(
        name="changes prices of a trade",
        methods=_exit("trade.open_rate = current_rate / 2; trade.recalc_open_trade_value()"),
    ),
    Own(
        name="tells a machine that simulates from one that trades",
        methods=_exit('return "enough" if self.dp._exchange and current_profit > 0.01 else None'),
        holds="possible",
    ),
    Own(
        name="answers the engine with objects",
        methods=_exit("return type('X', (str,), {'__eq__': lambda *a: True})('x')"),
        holds="possible",
    ),
    Own(
        name="says that it has no callbacks",
        head="""
import freqgen.evaluation.session as session
session.overridden = lambda *a: []
""",
        methods=_exit("return 'at once'"),
        holds="possible",
    ),
    Own(
        name="decides in the engine's place",
        methods="""
    def should_exit(self, trade, rate, current_time, *, enter, exit_, low=None, high=None,
                    force_stoploss=0):
        return []
""",
        holds="fault",
        codes=("FG861", "FG860"),
    ),
    # The candles.
    *(
        Own(name=f"changes candles: {body}", body=body, holds="fault", codes=("FG803", "FG804"))
        for body in (
            'dataframe["close"] *= 2',
            'dataframe["open"] = dataframe["low"]',
            'dataframe.loc[:, "high"] = dataframe["high"] * 1.5',
            'dataframe["date"] = dataframe["date"].shift(1)',
            'dataframe["volume"] = 1e12',
            'dataframe["close"].to_numpy().flags.writeable = True; dataframe["close"] += 1e-9',
        )
    ),
    # The system.
    Own(
        name="forks by the C library",
        head="import ctypes",
        body="""
if ctypes.CDLL(None).fork() == 0:
    open("@MARKS@/fork", "w").write("x")
""",
    ),
    Own(
        name="forks by system calls",
        head="import ctypes",
        body="""
for number in (56, 57, 58, 435):
    if ctypes.CDLL(None).syscall(number, 17, 0, 0, 0, 0) == 0:
        open("@MARKS@/fork", "w").write("x")
""",
    ),
    Own(
        name="writes to its own memory as a file",
        body='open("/proc/self/mem", "r+b").write(b"x")',
        holds="fault",
        codes=("FG802",),
    ),
    Own(
        name="writes to its parent's memory",
        body='import os; open(f"/proc/{os.getppid()}/mem", "r+b").write(b"x")',
        holds="fault",
        codes=("FG802",),
    ),
    Own(
        name="writes shared memory",
        body="""
from multiprocessing import shared_memory
shared_memory.SharedMemory("freqgen-canary", create=True, size=100)
""",
        holds="fault",
    ),
    Own(
        name="traces and reads its parent",
        head="import ctypes, os",
        body="""
libc = ctypes.CDLL(None)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
room = ctypes.create_string_buffer(100)
here, there = Vector(ctypes.addressof(room), 100), Vector(id(libc), 100)
if libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
    print("canary-env-7f3a"); raise SystemExit("canary-env-7f3a")
if libc.ptrace(16, os.getppid(), 0, 0) == 0:
    raise SystemExit("canary-env-7f3a")
""",
        holds="exactly",
    ),
    Own(
        name="kills everybody",
        head="import os, signal",
        body="""
for number in (-1, 0, os.getppid(), -os.getppid(), 1):
    try:
        os.kill(number, signal.SIGKILL)
    except OSError:
        pass
""",
        holds="exactly",
    ),
    Own(
        name="opens what its parent has open",
        head="import os",
        body="""
for number in range(64):
    try:
        with open(f"/proc/{os.getppid()}/fd/{number}", "rb", buffering=0) as file:
            raise SystemExit("canary-file-91bd")
    except OSError:
        pass
""",
    ),
    Own(
        name="reads its parents' environment",
        head="import os",
        body="""
for who in ("self", os.getpid(), os.getppid(), 1):
    try:
        raise SystemExit(open(f"/proc/{who}/environ").read())
    except OSError:
        pass
raise SystemExit(str(dict(os.environ)))
""",
        holds="fault",
    ),
    Own(
        name="leaves links to what is not its own",
        head="import os",
        body="""
for name, aim in {"file": "@SECRET@/canary.txt", "folder": "@SECRET@", "root": "/"}.items():
    if not os.path.lexists(name):
        os.symlink(aim, name)
try:
    os.link("@SECRET@/canary.txt", "hard")
except OSError:
    pass
""",
        holds="exactly",
    ),
    Own(
        name="reads a secret through a link",
        head="import os",
        body="""
os.symlink("@SECRET@/canary.txt", "link")
raise SystemExit(open("link").read())
""",
        holds="fault",
    ),
    Own(
        name="gives its folder's name to a link",
        head="import os",
        body="""
here = os.getcwd()
try:
    os.rename(here, here + ".old")
    os.symlink("@SECRET@", here)
except OSError:
    pass
""",
        holds="exactly",
    ),
    Own(
        name="hides files deep down",
        head="import os",
        body="""
for depth in range(3000):
    os.mkdir("x")
    os.chdir("x")
for number in range(60):
    open(f"{number}", "wb").write(b"x" * (1 << 20))
import time; time.sleep(20)
""",
        holds="fault",
        codes=("FG812",),
    ),
    Own(
        name="hides files that it deleted",
        head="import os, time",
        body="""
held = []
for number in range(100):
    held.append(open("x", "wb"))
    os.unlink("x")
    held[-1].write(b"x" * (1 << 20)); held[-1].flush()
time.sleep(20)
""",
        holds="fault",
        codes=("FG812",),
    ),
    Own(
        name="does its worst in handlers of signals",
        head="import os, signal, time",
        body="""
def again(*_):
    signal.setitimer(signal.ITIMER_REAL, 0.0001)
    open("@MARKS@/handler", "w").write("x")
signal.signal(signal.SIGALRM, again)
signal.setitimer(signal.ITIMER_REAL, 0.0001)
time.sleep(0.1)
""",
        holds="fault",
    ),
    Own(
        name="does its worst at the end",
        head="""
import atexit, sys, threading, weakref
def last(*_):
    open("@MARKS@/last", "w").write("x")
atexit.register(last)
threading._register_atexit(last)
sys.unraisablehook = sys.excepthook = threading.excepthook = last
class Thing: pass
kept = Thing(); kept.self = kept
weakref.finalize(kept, last)
""",
        holds="exactly",
    ),
    Own(
        name="has a thread that goes on answering",
        head=_CHANNEL
        + """
import threading, time
def answer():
    while True:
        time.sleep(0.001)
        try:
            say({"op": "done"})
        except OSError:
            return
threading.Thread(target=answer, daemon=True).start()
""",
        holds="fault",
    ),
    Own(
        name="raises its own limits",
        head="import resource, os",
        body="""
for which in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    try:
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        continue
    raise SystemExit("canary-env-7f3a")
""",
        holds="exactly",
    ),
    Own(
        name="puts modules where others would import them",
        head="import sys",
        body="""
import freqgen.sandbox.server, freqgen.evaluation.runner
for name in ("freqgen.sandbox.server", "freqgen.evaluation.runner"):
    for key in list(vars(sys.modules[name])):
        if callable(getattr(sys.modules[name], key)):
            setattr(sys.modules[name], key, None)
""",
        holds="exactly",
    ),
    Own(
        name="puts a strategy into the folder of strategies",
        head="import os",
        body="""
os.makedirs("user_data/strategies", exist_ok=True)
with open("user_data/strategies/Quiet.py", "w") as file:
    file.write("open('@MARKS@/strategy', 'w')")
with open("Quiet.py", "w") as file:
    file.write("open('@MARKS@/strategy', 'w')")
""",
        holds="exactly",
    ),
    Own(
        name="loads code of the machine",
        head="import ctypes, mmap",
        body="""
room = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
# execve("/bin/sh"), in machine code
room.write(bytes.fromhex("4831f65648bf2f62696e2f2f736857545f6a3b58990f05"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(room)))()
""",
        holds="fault",
    ),
]

FUTURE = """
import ctypes, os, struct
import numpy as np

KNOWN = ({known})
HIDDEN = ({hidden})
MASK = 0x5555555555555555
STEP = 1 << 16

def floats(numbers):
    return [struct.unpack("<d", struct.pack("<Q", number ^ MASK))[0] for number in numbers]

def found():
    # How often two numbers lie side by side in the memory of this process. Read through a pipe:
    # there, a page that cannot be read is an error and not the end.
    pairs = [floats(KNOWN), floats(HIDDEN)]
    write = ctypes.CDLL(None).write
    out, into = os.pipe()
    hits = [0, 0]
    for line in open("/proc/self/maps").readlines():
        place, rights = line.split()[:2]
        begin, end = (int(one, 16) for one in place.split("-"))
        if not rights.startswith("rw") or "[v" in line:
            continue
        for at in range(begin, end, STEP - 8):
            count = write(into, ctypes.c_void_p(at), ctypes.c_size_t(min(STEP, end - at)))
            if count <= 0:
                continue
            values = np.frombuffer(os.read(out, count)[: count // 8 * 8])
            for number, (first, second) in enumerate(pairs):
                places = np.flatnonzero(values[:-1] == first)
                hits[number] += int((values[places + 1] == second).sum())
    os.close(out)
    os.close(into)
    return hits
"""
"""Looks through all of its memory for two candles that it must not know, and two that it does."""
