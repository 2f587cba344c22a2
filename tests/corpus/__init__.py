"""Strategies that try what a strategy must not do, and strategies that only look as if."""
