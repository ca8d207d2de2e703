"""Tests of the room quant."""
