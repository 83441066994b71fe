"""The failure runbooks: which cause it is, what to do about it, and whom to tell."""
