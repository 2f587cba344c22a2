"""``python -m freqgen``."""

from freqgen.main import run

if __name__ == "__main__":
    run()
