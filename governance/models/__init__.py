"""Oversight: provenance, evidence."""

from governance.models.evidence import Evidence, EvidenceKind
from governance.models.provenance import Provenance

__all__ = ["Evidence", "EvidenceKind", "Provenance"]
