"""Tests of the way in: bootstrap, locks, licences, the gate itself."""
