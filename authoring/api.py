"""Uploads over the API: announced, sent in parts, checked, published."""

import re
from typing import IO, Any, cast
from uuid import UUID

from django.http import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import ApiView
from authoring import selectors
from authoring.errors import BadPart, WrongOffset
from authoring.models import SubmissionFile
from authoring.serializers import (
    FilesSerializer,
    OpenSubmissionSerializer,
    SubmissionSerializer,
    UploadFileSerializer,
)
from authoring.services import submissions
from marketplace.core.errors import FieldProblem, InvalidInput

OFFSET_HEADER = "Upload-Offset"
CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
OFFSET = re.compile(r"\d{1,18}", re.ASCII)
RANGE = OpenApiParameter(
    "Content-Range",
    {"type": "string", "pattern": r"^bytes \d{1,18}-\d{1,18}/(\d{1,18}|\*)$"},
    OpenApiParameter.HEADER,
    description="Where the part lies in the file: `bytes 0-1048575/5242880`. A file of at most "
    "16 MB may be sent without it.",
)
NEXT_OFFSET = OpenApiParameter(
    OFFSET_HEADER,
    OpenApiTypes.INT,
    OpenApiParameter.HEADER,
    response=True,
    description="Where the next part begins.",
)


class RawParser(BaseParser):
    """Hands the bytes of the body over as they arrive."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class SubmissionsView(ApiView):
    """The uploads of one model."""

    @extend_schema(summary="List uploads", responses=SubmissionSerializer(many=True))
    def get(self, request: Request, owner: str, name: str) -> Response:
        listing = selectors.own_listing(self.caller, owner, name)
        found = selectors.submissions_of_listing(self.caller, listing)
        return self.page(found, SubmissionSerializer)

    @extend_schema(
        summary="Open an upload",
        description="Announces a new version: its number and the name, size and SHA-256 of "
        "every file. Only safetensors weights, JSON and texts of known names are taken.",
        request=OpenSubmissionSerializer,
        responses={201: SubmissionSerializer},
    )
    def post(self, request: Request, owner: str, name: str) -> Response:
        listing = selectors.own_listing(self.caller, owner, name)
        sent = self.valid(OpenSubmissionSerializer)
        if base := sent.pop("base", None):
            sent["base_version"] = selectors.base_named(self.caller, base)
        made = submissions.open_submission(by=self.caller, listing=listing, **sent)
        return _shown(self, made.pk, status=201)


class SubmissionView(ApiView):
    """One upload, with its files and its checks."""

    @extend_schema(summary="See an upload", responses=SubmissionSerializer)
    def get(self, request: Request, submission_id: UUID) -> Response:
        return _shown(self, submission_id)

    @extend_schema(
        summary="Abandon an upload",
        description="Removes what was received. A draft version that it became, after a failed "
        "evaluation for instance, is discarded: its number and its files may be used again.",
        responses={204: None},
    )
    def delete(self, request: Request, submission_id: UUID) -> Response:
        found = selectors.get_submission(self.caller, submission_id)
        submissions.abandon(by=self.caller, submission=found)
        return Response(status=204)


class SubmissionFileView(ApiView):
    """One file of an upload, sent in parts of at most 16 MB."""

    parser_classes = [RawParser]

    @extend_schema(
        summary="See how much of a file is here",
        responses=UploadFileSerializer,
        parameters=[NEXT_OFFSET],
    )
    def get(self, request: Request, submission_id: UUID, path: str) -> Response:
        return _progress(selectors.get_file(self.caller, submission_id, path))

    @extend_schema(
        summary="Send a part of a file",
        description="Parts follow each other: the first begins at 0, the next where the last "
        "one ended; all but the last have 64 KiB or more. After a break ask with GET or HEAD "
        "where to go on. A part at another offset is refused with 409, and `Upload-Offset` "
        "names the right one.",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=OpenApiResponse(UploadFileSerializer),
        parameters=[RANGE, NEXT_OFFSET],
    )
    def put(self, request: Request, submission_id: UUID, path: str) -> Response:
        file = selectors.get_file(self.caller, submission_id, path)
        offset, length = _range(request, file)
        try:
            received = submissions.receive(
                by=self.caller, file=file, offset=offset, chunk=_body(request), length=length
            )
        except UnreadablePostError:
            raise BadPart(reason="The connection broke before the part was whole.") from None
        return _progress(received)

    def handle_exception(self, exc: Exception) -> Response:
        """Name the right offset in a header too."""
        response = super().handle_exception(exc)
        if isinstance(exc, WrongOffset):
            response[OFFSET_HEADER] = str(exc.data["received"])
        return response


class CompleteSubmissionView(ApiView):
    """All bytes are here."""

    @extend_schema(
        summary="Complete an upload",
        description="Queues the checks; see their progress in the upload.",
        request=None,
        responses={202: SubmissionSerializer},
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        found = selectors.get_submission(self.caller, submission_id)
        submissions.complete(by=self.caller, submission=found)
        return _shown(self, submission_id, status=202)


class ReopenSubmissionView(ApiView):
    """Another try after a refusal."""

    @extend_schema(
        summary="Change the files of an upload",
        description="Opens a refused upload again with a new set of files. Those whose size "
        "and SHA-256 are the same keep their bytes; the others are sent again.",
        request=FilesSerializer,
        responses=SubmissionSerializer,
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        found = selectors.get_submission(self.caller, submission_id)
        sent = self.valid(FilesSerializer)
        submissions.reopen(by=self.caller, submission=found, files=sent["files"])
        return _shown(self, submission_id)


class CheckAgainView(ApiView):
    """The same files once more."""

    @extend_schema(
        summary="Run the checks again",
        description="Examines a refused upload once more, with the files that it has.",
        request=None,
        responses={202: SubmissionSerializer},
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        found = selectors.get_submission(self.caller, submission_id)
        submissions.run_checks_again(by=self.caller, submission=found)
        return _shown(self, submission_id, status=202)


class PublishSubmissionView(ApiView):
    """From passed checks to calls."""

    @extend_schema(
        summary="Publish an upload",
        description="Points the channel `stable` at the new version. The first version brings "
        "the model into the store.",
        request=None,
        responses=SubmissionSerializer,
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        found = selectors.get_submission(self.caller, submission_id)
        submissions.publish(by=self.caller, submission=found)
        return _shown(self, submission_id)


def _shown(view: ApiView, submission_id: UUID, *, status: int = 200) -> Response:
    found = selectors.get_submission(view.caller, submission_id)
    return Response(SubmissionSerializer(found).data, status=status)


def _progress(file: SubmissionFile) -> Response:
    headers = {OFFSET_HEADER: str(file.received)}
    return Response(UploadFileSerializer(file).data, headers=headers)


def _body(request: Request) -> IO[bytes]:
    if not hasattr(request.data, "read"):
        raise BadPart(reason="The part is empty; send the bytes as the body, with their length.")
    return cast("IO[bytes]", request.data)


def _range(request: Request, file: SubmissionFile) -> tuple[int, int | None]:
    """Return where a part begins and how long it says it is."""
    given = request.headers.get("Content-Range")
    if given is None:
        offset = request.headers.get(OFFSET_HEADER, "0")
        if not OFFSET.fullmatch(offset):
            raise InvalidInput([FieldProblem(OFFSET_HEADER, "A whole number of bytes.")])
        length = request.headers.get("Content-Length", "")
        return int(offset), int(length) if OFFSET.fullmatch(length) else None
    match = CONTENT_RANGE.fullmatch(given)
    if match is None or int(match[2]) < int(match[1]):
        message = "It is like `bytes 0-1048575/5242880`: first byte, last byte, size of the file."
        raise InvalidInput([FieldProblem("Content-Range", message)])
    if match[3] not in {"*", str(file.size)}:
        message = f"{file.path} was announced with {file.size} bytes, not {match[3]}."
        raise InvalidInput([FieldProblem("Content-Range", message)])
    return int(match[1]), int(match[2]) - int(match[1]) + 1
