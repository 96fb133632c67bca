"""The kinds of lists once more, written by the LibreOffice that is installed."""

import pytest

from tests.enrollment.roster.test_roster_kinds import OFFICE, all_wrong, base
from tests.rosters import HAS_LIBREOFFICE, by_libreoffice, settled

SEEN_ON_A_PAGE = ("plain", "merged", "errors", "sheet-per-unit")
"""A web page keeps nothing that is hidden."""


@pytest.mark.skipif(not HAS_LIBREOFFICE, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx", "html"])
def test_kinds_that_libreoffice_writes(haren, organiser_anna, kind):
    kinds = {
        name: (lambda make=make: by_libreoffice(make(), kind, kind), said)
        for name, make, said in OFFICE
        if kind != "html" or name in SEEN_ON_A_PAGE
    }
    assert all_wrong(settled(haren, base()), organiser_anna, kinds) == {}
