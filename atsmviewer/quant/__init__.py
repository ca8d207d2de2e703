"""The numbers: SUV, masks, statistics, T/M, hypoxic volume, from nouns; the only room with SimpleITK."""
