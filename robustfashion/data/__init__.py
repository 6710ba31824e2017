"""From catalogue to pixels: records, decoding, preprocessing, sources, splits, Lightning data module."""
