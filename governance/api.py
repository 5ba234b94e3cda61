"""Evidence, cards and keys over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from catalog import selectors as catalog
from governance import selectors
from governance.serializers import (
    AcceptedSerializer,
    EvidenceSerializer,
    ModelCardSerializer,
    SignedEvidenceSerializer,
    SigningKeySerializer,
)
from governance.services import evaluations
from marketplace.core.signing import key_id, operator_public_key, public_pem


class VersionEvidenceView(ApiView):
    """The signed results of a version."""

    permission_classes = (AllowAny,)

    @extend_schema(summary="List a version's evidence", responses=EvidenceSerializer(many=True))
    def get(self, request: Request, owner: str, name: str, number: str) -> Response:
        listing = catalog.get_listing(owner, name, viewer=self.optional_caller)
        version = catalog.version_by_number(listing, number, viewer=self.optional_caller)
        return self.page(selectors.evidence_of(version), EvidenceSerializer)


class ModelCardView(ApiView):
    """The card of a version."""

    permission_classes = (AllowAny,)

    @extend_schema(summary="Get a version's model card", responses=ModelCardSerializer)
    def get(self, request: Request, owner: str, name: str, number: str) -> Response:
        listing = catalog.get_listing(owner, name, viewer=self.optional_caller)
        version = catalog.version_by_number(listing, number, viewer=self.optional_caller)
        return Response(selectors.model_card(listing, version).as_dict())


class EvidenceView(ApiView):
    """One signed result."""

    permission_classes = (AllowAny,)

    @extend_schema(summary="Get a signed result", responses=SignedEvidenceSerializer)
    def get(self, request: Request, evidence_id: str) -> Response:
        evidence = selectors.get_evidence(evidence_id, viewer=self.optional_caller)
        return Response(SignedEvidenceSerializer(evidence).data)


class ReproductionsView(ApiView):
    """Second runs of a result."""

    @extend_schema(
        summary="Run a result's suite again", request=None, responses={202: AcceptedSerializer}
    )
    def post(self, request: Request, evidence_id: str) -> Response:
        evidence = selectors.get_evidence(evidence_id, viewer=self.caller)
        evaluations.request_reproduction(by=self.caller, evidence=evidence)
        return Response(AcceptedSerializer({"status": "queued"}).data, status=202)


class SigningKeyView(ApiView):
    """The operator's public key."""

    permission_classes = (AllowAny,)

    @extend_schema(summary="Get the operator's public key", responses=SigningKeySerializer)
    def get(self, request: Request) -> Response:
        pem = public_pem(operator_public_key()).decode()
        facts = {"key_id": key_id(), "algorithm": "ECDSA P-256, SHA-256", "public_key_pem": pem}
        return Response(SigningKeySerializer(facts).data)
