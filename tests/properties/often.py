"""Owns how many examples a property tries: a few every day, thousands in the campaign."""

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
EVERY_DAY = settings(max_examples=10, deadline=None, suppress_health_check=_QUIET, database=None)
CAMPAIGN = settings(max_examples=2000, deadline=None, suppress_health_check=_QUIET, database=None)
