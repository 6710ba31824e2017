"""Robustness studies of product-image classifiers: resize libraries, outliers, remedies, with intervals on every number."""

__version__ = "0.1.0"
