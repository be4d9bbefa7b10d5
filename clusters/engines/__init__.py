"""Tables too large for memory: the relational ones, counted on disk by DuckDB.

``large.read_large`` checks files block by block with the code that reads small tables, so
every cell means the same in both, and ``compact.compact`` writes a smaller relation table
that fits in memory. Searches along paths need the network in memory and are not here.
"""
