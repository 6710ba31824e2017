"""What a catalogue holds besides its labels: shortcuts, duplicates, leakage, and what was done to its files before.

Plain functions on streamed features; ``run`` does all of it, and ``report`` says it in tables, figures and words.
"""
