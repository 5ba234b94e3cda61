"""Licenses by their SPDX identifiers."""

import re

from catalog.models import License
from catalog.spdx import LICENSES
from marketplace.core.errors import FieldProblem, InvalidInput

OWN = re.compile(r"LicenseRef-[A-Za-z0-9.-]{1,52}")


def is_known(spdx_id: str) -> bool:
    """Tell whether an identifier is known here, or is one that anybody may coin."""
    if spdx_id in LICENSES or OWN.fullmatch(spdx_id):
        return True
    return License.objects.filter(spdx_id=spdx_id).exists()


def ensure_license(spdx_id: str) -> License:
    """Return a known license, or a new ``LicenseRef-…`` that promises nothing.

    Raises ``InvalidInput`` for any other identifier, naming ``license_spdx``.
    """
    found = License.objects.filter(spdx_id=spdx_id).first()
    if found is not None:
        return found
    if spdx_id in LICENSES:
        defaults = LICENSES[spdx_id]._asdict()
    elif OWN.fullmatch(spdx_id):
        defaults = {
            "name": spdx_id.removeprefix("LicenseRef-").replace("-", " "),
            "allows_commercial_use": False,
            "allows_derivatives": False,
            "is_open_source": False,
        }
    else:
        message = f"{spdx_id[:64]!r} is not a license we know; use LicenseRef-… for your own."
        raise InvalidInput([FieldProblem("license_spdx", message, "choice")])
    return License.objects.get_or_create(spdx_id=spdx_id, defaults=defaults)[0]
