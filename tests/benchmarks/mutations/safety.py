"""What a strategy must not reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

safety = operator("safety")


def within(
    sound: Sound, *codes: str, imports: tuple[str, ...] = (), marked: bool = True
) -> Iterator[Change]:
    """Statements in the method that makes indicators, and in a callback."""
    method, frame = sound.indicators
    last = method.body[-1]
    more = [part for line in imports for part in sound.importing(line)]
    for code in codes:
        text = code.replace("{f}", frame)
        text = text if MARK in text else MARK + text
        if isinstance(last, ast.Return):
            yield [*more, sound.before(last, text + "\n")]
        if "bot_loop_start" not in sound.methods and "{f}" not in code and "metadata" not in code:
            lines = text.replace("\n", "\n    ")
            yield [
                *more,
                sound.method(f"def bot_loop_start(self, current_time, **kwargs):\n    {lines}\n"),
            ]


@safety
def imports(sound: Sound) -> Iterator[Change]:
    for line, use in (
        ("import os", "os.listdir('.')"),
        ("import subprocess", "subprocess.run(['true'], check=False)"),
        ("import requests", "requests.get('http://127.0.0.1/')"),
        ("from os import system", "system('true')"),
        ("import socket", "socket.socket()"),
        ("import pickle", "pickle.loads(b'')"),
        ("import sys", "sys.modules.clear()"),
        ("from urllib.request import urlopen", "urlopen('http://127.0.0.1/')"),
        ("import importlib", "importlib.import_module('os')"),
        ("import ctypes", "ctypes.CDLL(None)"),
        ("import threading", "threading.Thread(target=print).start()"),
        ("import multiprocessing as mp", "mp.Process(target=print).start()"),
        ("import atexit", "atexit.register(print)"),
        ("import signal", "signal.signal(signal.SIGTERM, lambda *_: None)"),
        ("from pathlib import Path", "Path('x').write_text('y')"),
        ("import shutil", "shutil.rmtree('x')"),
        ("import builtins", "builtins.eval('1')"),
        ("from concurrent.futures import ThreadPoolExecutor", "ThreadPoolExecutor()"),
        ("import asyncio", "asyncio.run(None)"),
        ("import gc", "gc.get_objects()"),
        ("import inspect", "inspect.stack()"),
        ("import tempfile", "tempfile.mkdtemp()"),
        ("import ccxt", "ccxt.binance()"),
        ("import joblib", "joblib.load('x')"),
    ):
        for change in within(sound, use):
            if sound.importing(line):
                yield [*[p._replace(text=MARK + p.text) for p in sound.importing(line)], *change]
        for change in within(sound, f"{line}; {use}"):
            yield change


@safety
def evaluates(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "eval('1 + 1')",
        "exec('x = 1')",
        "compile('1', 'x', 'eval')",
        "__import__('os').getcwd()",
        "run = eval\nrun('1')",
        "{f}.eval('x = close', inplace=True)",
        "{f}.query('@self.config')",
        "globals()['x'] = 1",
        "vars(self)['x'] = 1",
        "breakpoint()",
        "[exec][0]('1')",
    )
    yield from within(
        sound,
        "pd.eval('1 + 1')",
        "pd.core.computation.eval.eval('1')",
        imports=("import pandas as pd",),
    )


@safety
def opens(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "open('x')",
        "with §open('x.txt', 'w') as file:\n    file.write('x')",
        "{f}.to_csv('x.csv')",
        "{f}.to_pickle('x')",
        "{f}.to_json('x')",
        "{f}['close'].to_csv('x.csv')",
        "print('x', file=§open('x', 'a'))",
        "{f}.to_parquet('x')",
        "{f}.to_sql('x', 'sqlite://')",
        "{f}.to_numpy().tofile('x')",
        "{f}['close'].values.dump('x')",
        "{f}.to_clipboard()",
    )
    yield from within(
        sound,
        "pd.read_csv('x.csv')",
        "pd.read_pickle('x')",
        "pd.read_json('http://127.0.0.1/')",
        "pd.io.common.os.getcwd()",
        "pd.read_html('http://127.0.0.1/')",
        "pd.ExcelWriter('x')",
        "pd.HDFStore('x')",
        imports=("import pandas as pd",),
    )
    yield from within(
        sound,
        "np.load('x.npy', allow_pickle=True)",
        "np.save('x', [1])",
        "np.fromfile('x')",
        "np.loadtxt('x')",
        "np.memmap('x')",
        "np.genfromtxt('x')",
        "np.savetxt('x', [1])",
        imports=("import numpy as np",),
    )


@safety
def dynamic_attributes(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "getattr(self, 'con' + 'fig')",
        "setattr(self, metadata['pair'], 1)",
        "getattr(self.dp, '_exchange')",
        "delattr(self, 'stoploss')",
        "name = '__cl' + 'ass__'\n§getattr(self, name)",
        "self.__dict__['x'] = 1",
        "self.__class__.__mro__",
        "().__class__.__base__.__subclasses__()",
        "type(self).__init__",
        "(lambda: 0).__globals__",
        "self.populate_indicators.__func__.__code__",
        "object.__getattribute__(self, 'config')",
    )


@safety
def format_traversal(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "'{0.__class__}'.format(self)",
        "'{x.config}'.format(x=self)",
        "'{0[exchange]}'.format(self.config)",
        "text = '{0.dp}'\n§text.format(self)",
        "str.format('{0.__init__}', self)",
        "'{x.__class__}'.format_map({'x': self})",
    )


@safety
def patches(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "IStrategy.stoploss = -1",
        "IStrategy.custom_exit = lambda *a, **k: None",
        "self.dp.get_pair_dataframe = None",
    )
    yield from within(
        sound,
        "pd.DataFrame.rolling = None",
        "pd.Series.shift = lambda s, n: s",
        imports=("import pandas as pd",),
    )
    yield from within(
        sound, "np.random.seed = None", "np.where = max", imports=("import numpy as np",)
    )
    yield from within(sound, "ta.RSI = None", imports=("import talib.abstract as ta",))


@safety
def secrets(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "key = §self.config['exchange']['key']",
        "key = §self.config.get('exchange', {}).get('secret')",
        "token = §self.config['telegram']['token']",
        "password = §self.config['api_server']['password']",
        "§self.config['dry_run'] = False",
        "§self.config['stake_amount'] = 1000",
        "self.config.update(dry_run=False)",
        "whole = §str(self.config)",
    )


@safety
def the_bot(sound: Sound) -> Iterator[Change]:
    yield from within(
        sound,
        "self.dp._exchange",
        "self.dp._exchange.create_order('BTC/USDT', 'market', 'buy', 1, 1)",
        "self.wallets._wallets.clear()",
        "self.wallets.update()",
        "self.wallets._exchange",
        "self.dp._DataProvider__rpc",
        "self.dp._pairlists",
        "self.wallets._config['dry_run'] = False",
    )
    yield from within(
        sound,
        "Trade.session.query(Trade).delete()",
        "Trade.session.commit()",
        "trade = Trade.get_open_trades()[0]\n§trade.delete()",
        "for trade in Trade.get_trades_proxy(is_open=True):\n    §trade.close(1.0)",
        "Trade.commit()",
        imports=("from freqtrade.persistence import Trade",),
    )


@safety
def alters_a_trade(sound: Sound) -> Iterator[Change]:
    if "custom_exit" in sound.methods:
        return
    for code in (
        "trade.stop_loss = 0.0",
        "trade.open_rate = current_rate",
        "trade.stake_amount *= 2",
        "trade.close_profit = 1.0",
        "trade.session.delete(trade)",
        "trade.delete()",
        "trade.is_open = False",
    ):
        yield [
            sound.method(f"""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            {MARK}{code}
            return None
        """)
        ]
