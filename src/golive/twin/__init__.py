"""A healthy small production on this machine, in a process of its own; it meets the probes only on the wire."""
