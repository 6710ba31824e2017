"""Suite results as pages: ``result.json`` in, one self-contained HTML file out."""
