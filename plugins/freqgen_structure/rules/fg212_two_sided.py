from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import FunctionRule
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_MODES = frozenset(
    {"numpy.convolve", "numpy.correlate", "scipy.signal.convolve", "scipy.signal.fftconvolve"}
)
_SIGNAL = (
    "filtfilt sosfiltfilt savgol_filter wiener medfilt detrend hilbert cwt resample decimate "
    "spline_filter order_filter symiirorder1 symiirorder2 qspline1d cspline1d periodogram welch"
)
_IMAGE = (
    "gaussian_filter gaussian_filter1d uniform_filter uniform_filter1d median_filter convolve "
    "convolve1d correlate1d maximum_filter maximum_filter1d minimum_filter minimum_filter1d "
    "percentile_filter rank_filter generic_filter generic_filter1d sobel laplace gaussian_laplace"
)


class TwoSided(FunctionRule):
    """FG212: a two-sided filter gives a candle values of those that come after it.

    ``filtfilt`` runs over the candles forwards and backwards, ``savgol_filter``, ``detrend``,
    Gaussian filters and ``numpy.gradient`` use neighbours on both sides, a Fourier transform
    all candles, and ``numpy.convolve`` with ``mode="same"`` is centred.
    """

    FUNCTIONS = frozenset(
        [f"scipy.signal.{name}" for name in _SIGNAL.split()]
        + [f"scipy.ndimage.{name}" for name in _IMAGE.split()]
        + ["numpy.gradient", "numpy.fft.", "scipy.fft.", "scipy.fftpack.", "pywt.", *_MODES]
    )
    MESSAGE = "{name} uses candles on both sides of each one, of which half have not happened yet"
    HINT = (
        "use a filter that knows the past only: ewm, rolling, scipy.signal.lfilter, diff() in "
        'place of gradient, or mode="full" cut to the first len(dataframe) values'
    )
    VALID = (
        "from scipy.signal import lfilter\n"
        + _POPULATE
        + "    dataframe['a'] = lfilter([0.2] * 5, [1.0], dataframe['close'])",
        "import numpy as np\n"
        + _POPULATE
        + "    dataframe['a'] = np.convolve(dataframe['close'], np.ones(3))[:len(dataframe)]",
        "import numpy as np\n" + _POPULATE + "    f = lambda w: np.gradient(w)[-1]\n"
        "    dataframe['a'] = dataframe['close'].rolling(9).apply(f)",
    )
    INVALID: ClassVar = (
        Bad(
            code="from scipy.signal import savgol_filter\n"
            + _POPULATE
            + "    dataframe['a'] = savgol_filter(dataframe['close'], 11, 2)",
            line=3,
        ),
        Bad(
            code="from scipy import signal as sg\n" + _POPULATE + "    b, a = sg.butter(3, 0.1)\n"
            "    dataframe['a'] = sg.filtfilt(b, a, dataframe['close'])",
            line=4,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.convolve(dataframe['close'], np.ones(3), mode='same')",
            line=3,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.gradient(dataframe['close'])",
            line=3,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.fft.rfft(dataframe['close']).real",
            line=3,
        ),
        Bad(
            code="from scipy.ndimage import gaussian_filter1d as smooth\n"
            "def soft(values):\n    return smooth(values, 3)\n"
            + _POPULATE
            + "    dataframe['a'] = soft(dataframe['close'].to_numpy())",
            line=3,
        ),
    )

    def leaks(self, node: cst.Call, path: str) -> bool:
        if not super().leaks(node, path):
            return False
        if path in _MODES:
            mode = argument(node, 2, "mode")
            return mode is not None and "same" in (self.source.strings(mode) or {text_of(mode)})
        return True
