"""The outlier suite: who stops pictures that are no product of their category (section 3.2, Fig. 2, Table 4)."""
