"""Pixel loops of the emulated Java resizers. Importing one compiles it by numba, or loads what an earlier run compiled."""
