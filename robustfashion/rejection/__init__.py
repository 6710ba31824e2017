"""Which answers to refuse: scores, thresholds, gates before classifiers, and what each of them is worth.

Arrays in, numbers out: numpy and scipy on prediction tables, no torch, no files. Everywhere a higher score means more likely
to be refused; a score is fitted on in-distribution rows only and scores row by row.
"""

from robustfashion.rejection.scores import SCORES

__all__ = ["SCORES"]
