"""Licences are known by SPDX identifier."""

import pytest

from catalog.models import License
from catalog.services.licenses import ensure_license
from catalog.spdx import LICENSES
from marketplace.core.errors import InvalidInput

pytestmark = pytest.mark.django_db


def test_the_migration_seeds_them_all():
    assert set(License.objects.values_list("spdx_id", flat=True)) == set(LICENSES)
    assert len(LICENSES) == 28


@pytest.mark.parametrize(
    ("spdx_id", "commercial", "derivatives", "is_open"),
    [
        ("Apache-2.0", True, True, True),
        ("CC-BY-NC-4.0", False, True, False),
        ("CC-BY-ND-4.0", True, False, False),
        ("LicenseRef-CreativeML-OpenRAIL-M", True, True, False),
        ("LicenseRef-Proprietary", True, False, False),
    ],
)
def test_flags_say_what_is_allowed(spdx_id, commercial, derivatives, is_open):
    found = ensure_license(spdx_id)

    assert (found.allows_commercial_use, found.allows_derivatives, found.is_open_source) == (
        commercial,
        derivatives,
        is_open,
    )


def test_an_own_license_promises_nothing():
    made = ensure_license("LicenseRef-Acme-Model-Terms")

    assert made.name == "Acme Model Terms"
    assert made.allows_commercial_use is made.allows_derivatives is made.is_open_source is False
    assert ensure_license("LicenseRef-Acme-Model-Terms") == made


@pytest.mark.parametrize("spdx_id", ["", "apache", "LicenseRef-", "LicenseRef-a b", "x" * 99])
def test_refuses_anything_else(spdx_id):
    with pytest.raises(InvalidInput) as error:
        ensure_license(spdx_id)

    assert [problem.field for problem in error.value.problems] == ["license_spdx"]
    assert License.objects.count() == len(LICENSES)


def test_restores_a_seeded_license_that_is_gone():
    License.objects.all().delete()

    assert ensure_license("CC0-1.0").name == "Creative Commons Zero v1.0 Universal"
