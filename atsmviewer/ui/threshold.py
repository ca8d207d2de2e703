"""The range and the step in which a hand sets the T/M threshold, on the curve and by keys."""

LOWEST, HIGHEST = 1.0, 5.0
STEP = 0.1
