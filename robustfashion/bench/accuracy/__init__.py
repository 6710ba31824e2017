"""The accuracy suite: Tables 1 and 3, the fourteen classifiers."""
