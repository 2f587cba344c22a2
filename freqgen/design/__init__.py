"""Designs: what a strategy is to do, as data that can be checked, explained, run and compiled."""
