"""What a catalogue holds besides its labels: shortcuts, duplicates, leakage, and what was done to its files before.

Plain functions on streamed features; :mod:`robustfashion.bench.check` turns them into a report.
"""
