"""One typed function per suite; ``python -m robustfashion.bench`` runs them."""
