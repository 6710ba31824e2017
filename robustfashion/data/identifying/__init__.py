"""What :mod:`robustfashion.data.identify` tries: originals as services read them, geometries, JPEGs; and what need not be."""
