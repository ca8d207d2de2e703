"""The eye: planes, fusion, colour maps, outlines as arrays; no Qt, and nothing here is ever measured."""
