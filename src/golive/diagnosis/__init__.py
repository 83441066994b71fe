"""Which cause is it? The failure runbooks' causes, each ruled out, pointed to by what was seen, or not to be told."""
