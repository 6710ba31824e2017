"""Suite: what removes how much of the damage that the serving resizer does, and at what price."""
