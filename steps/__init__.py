"""The vocabulary of the features, one module per subject; importing a module makes its sentences known."""
