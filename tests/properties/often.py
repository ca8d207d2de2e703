"""Owns how many examples a property tries: a few every day, up to thousands with --all."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, settings


@dataclass
class _Run:
    """Whether this run of the tests is the long one; the conftest beside this file says so."""

    long: bool = False


RUN = _Run()


def examples(daily: int, campaign: int) -> settings:
    """Settings of a property: its number of examples every day, and in the campaign.

    A counterexample is shown as it was found: to shrink one takes minutes where each try opens files.
    """
    return settings(
        max_examples=campaign if RUN.long else daily,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        database=None,
        derandomize=True,  # the same examples on every machine
        phases=(Phase.explicit, Phase.generate),
    )
