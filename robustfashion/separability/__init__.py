"""How separable the labels of a training set are: maps of it, and the numbers that answer the question in the original space.

Arrays in, numbers out: numpy, scipy, scikit-learn and the libraries of neighbours and maps; no torch, no files.
"""
