"""The regularization suite: Table 4 and what lies behind it."""
