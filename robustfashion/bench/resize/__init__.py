"""The resize suite: what changes when another library resizes the pictures (the paper's section 3.1, Table 2, Fig. 1)."""
