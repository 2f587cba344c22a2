"""Measuring a validated strategy with Freqtrade's own engine, and judging the numbers."""
