"""Composite indices: from a table of indicators to scores, ranks and tiers that can be questioned.

A ``Framework`` says what an index consists of (indicators, groups, weights, steps); every step is
a pure function of a frame (rows units, columns indicators); ``score`` runs them in their fixed
order and keeps every stage with its log.
"""
