"""
How fast the gate is, compared with what people use today.

__main__ ─┬─> rows ─┬─> project   a small generated project, N scenarios, for the real plugin or for plain pytest-bdd
          │         ├─> target    what they ask, in a process of its own, late by a fixed time
          │         ├─> byhand    what a person would type instead
          │         └─> clock     wall time, processor time and memory of a process
          └─> table             the figures as JSON and as a table

What the timed processes load themselves: looks, steps (for the gate), onebyone (for plain pytest-bdd), way (a plugin
that leads the gate to the target).
"""
