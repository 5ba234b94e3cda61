"""Licenses that models and data come under: SPDX identifiers (License List, 2026-11).

What is not on that list is named ``LicenseRef-…``, as annex D of the specification asks.
"""

from typing import NamedTuple

CC = "https://creativecommons.org/licenses"
OPEN_DATA = "https://opendatacommons.org/licenses"


class Terms(NamedTuple):
    """A license in the five facts that a buyer filters by."""

    name: str
    url: str
    allows_commercial_use: bool = True
    allows_derivatives: bool = True
    is_open_source: bool = True


LICENSES = {
    "0BSD": Terms("BSD Zero Clause License", "https://opensource.org/license/0bsd"),
    "AGPL-3.0-only": Terms(
        "GNU Affero General Public License v3.0 only", "https://www.gnu.org/licenses/agpl-3.0"
    ),
    "Apache-2.0": Terms("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    "BSD-2-Clause": Terms("BSD 2-Clause License", "https://opensource.org/license/bsd-2-clause"),
    "BSD-3-Clause": Terms("BSD 3-Clause License", "https://opensource.org/license/bsd-3-clause"),
    "CC-BY-4.0": Terms("Creative Commons Attribution 4.0", f"{CC}/by/4.0/"),
    "CC-BY-NC-4.0": Terms(
        "Creative Commons Attribution Non Commercial 4.0", f"{CC}/by-nc/4.0/", False, True, False
    ),
    "CC-BY-NC-ND-4.0": Terms(
        "Creative Commons Attribution Non Commercial No Derivatives 4.0",
        f"{CC}/by-nc-nd/4.0/",
        False,
        False,
        False,
    ),
    "CC-BY-NC-SA-4.0": Terms(
        "Creative Commons Attribution Non Commercial Share Alike 4.0",
        f"{CC}/by-nc-sa/4.0/",
        False,
        True,
        False,
    ),
    "CC-BY-ND-4.0": Terms(
        "Creative Commons Attribution No Derivatives 4.0", f"{CC}/by-nd/4.0/", True, False, False
    ),
    "CC-BY-SA-4.0": Terms("Creative Commons Attribution Share Alike 4.0", f"{CC}/by-sa/4.0/"),
    "CC0-1.0": Terms(
        "Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"
    ),
    "CDLA-Permissive-2.0": Terms(
        "Community Data License Agreement Permissive 2.0", "https://cdla.dev/permissive-2-0/"
    ),
    "EUPL-1.2": Terms(
        "European Union Public License 1.2",
        "https://interoperable-europe.ec.europa.eu/licence/european-union-public-licence-version-12-eupl",
    ),
    "GPL-3.0-only": Terms(
        "GNU General Public License v3.0 only", "https://www.gnu.org/licenses/gpl-3.0"
    ),
    "ISC": Terms("ISC License", "https://opensource.org/license/isc-license-txt"),
    "LGPL-3.0-only": Terms(
        "GNU Lesser General Public License v3.0 only", "https://www.gnu.org/licenses/lgpl-3.0"
    ),
    "MIT": Terms("MIT License", "https://opensource.org/license/mit"),
    "MPL-2.0": Terms("Mozilla Public License 2.0", "https://www.mozilla.org/MPL/2.0/"),
    "ODC-By-1.0": Terms("Open Data Commons Attribution License v1.0", f"{OPEN_DATA}/by/1-0/"),
    "ODbL-1.0": Terms("Open Data Commons Open Database License v1.0", f"{OPEN_DATA}/odbl/1-0/"),
    "PDDL-1.0": Terms(
        "Open Data Commons Public Domain Dedication and License 1.0", f"{OPEN_DATA}/pddl/1-0/"
    ),
    "Unlicense": Terms("The Unlicense", "https://unlicense.org/"),
    "LicenseRef-BigCode-OpenRAIL-M": Terms(
        "BigCode Open RAIL-M v1",
        "https://huggingface.co/spaces/bigcode/bigcode-model-license-agreement",
        True,
        True,
        False,
    ),
    "LicenseRef-BigScience-OpenRAIL-M": Terms(
        "BigScience Open RAIL-M",
        "https://bigscience.huggingface.co/blog/bigscience-openrail-m",
        True,
        True,
        False,
    ),
    "LicenseRef-CreativeML-OpenRAIL-M": Terms(
        "CreativeML Open RAIL-M", "https://www.licenses.ai/", True, True, False
    ),
    "LicenseRef-OpenRAILpp-M": Terms(
        "CreativeML Open RAIL++-M", "https://www.licenses.ai/", True, True, False
    ),
    "LicenseRef-Proprietary": Terms("Proprietary, run only", "", True, False, False),
}
