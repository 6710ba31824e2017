"""When does the resizer matter: the surface of conditions, and a forecast for a network of one's own."""
