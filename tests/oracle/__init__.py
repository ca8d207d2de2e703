"""Independent oracles: numpy, pydicom and the standard library only; nothing here knows the product."""
