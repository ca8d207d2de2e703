"""With --all, or where the campaign is asked for, properties try many more examples."""

import pytest

from tests.properties.often import RUN


def pytest_configure(config: pytest.Config) -> None:
    RUN.long = bool(config.getoption("--all")) or config.getoption("-m") == "campaign"
