"""One header and what it means: the boundary to the parser, values, facts, times, maps of values."""
