"""Sections of a report, one module for each group of them; their order is in ``report.contents``."""
