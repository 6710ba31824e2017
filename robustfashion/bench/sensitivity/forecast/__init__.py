"""What changes for one network on one's own pictures when another method resizes them, from a sample of at most 200."""
