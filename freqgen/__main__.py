"""``python -m freqgen``."""

from freqgen.entry import run

if __name__ == "__main__":
    run()
