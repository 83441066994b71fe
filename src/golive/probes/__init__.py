"""One module per thing in the world. A probe looks once and returns what it saw: no policy, no hidden default."""
