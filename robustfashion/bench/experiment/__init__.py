"""The floor under every suite: shared settings, and a session that opens data, trains or loads networks, and asks them."""
