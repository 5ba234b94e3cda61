"""The steps of an examination, in order; each returns an ``Outcome`` or raises ``CheckFailed``.

Until FORMAT, DIGEST and STRUCTURE have passed, nothing but our own readers opens what an
author sent; from LOAD on a confined process does.
"""

from collections.abc import Callable, Mapping

from authoring.models import CheckKind
from authoring.services.examination import Examination
from authoring.services.steps.files import check_digests, check_format
from authoring.services.steps.running import (
    check_evaluation,
    check_load,
    check_probe,
    check_signature,
)
from authoring.services.steps.structure import check_structure
from authoring.types import Outcome

STEPS: Mapping[str, Callable[[Examination], Outcome]] = {
    CheckKind.FORMAT: check_format,
    CheckKind.DIGEST: check_digests,
    CheckKind.STRUCTURE: check_structure,
    CheckKind.LOAD: check_load,
    CheckKind.PROBE: check_probe,
    CheckKind.SIGNATURE: check_signature,
    CheckKind.EVALUATION: check_evaluation,
}
