"""What the tests of IATI files need to stand in the registry."""

import pytest

from tests.factories import CountryFactory, CurrencyFactory, GoalFactory, TargetFactory


@pytest.fixture
def vocabulary(db):
    """The few codes that the small files of iati.py use."""
    CurrencyFactory(code="USD")
    CountryFactory(alpha2="KE")
    TargetFactory(code="6.1", goal=GoalFactory(number=6))
