"""Tests of the room phantom."""
