"""The separability suite: Fig. 3 as a measurement."""
