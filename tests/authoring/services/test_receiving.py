"""Parts: in order, once each, whole or not at all."""

import hashlib
import io
import threading
from pathlib import Path

import pytest
from django.db import connection

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent, Membership, User
from accounts.selectors import caller_for
from accounts.types import Caller
from authoring.errors import BadPart, PartTooLarge, UploadClosed, WrongOffset
from authoring.models import SubmissionFile, UploadPart
from authoring.services import spool, submissions
from authoring.types import PART_BYTES, SMALLEST_PART_BYTES, FileSpec
from catalog.models import Listing
from marketplace.core.errors import NotFound
from tests.factories.authoring import all_parts, make_listing

STEP = SMALLEST_PART_BYTES
DATA = bytes(range(256)) * (3 * STEP // 256) + b"the end"
SHA = hashlib.sha256(DATA).hexdigest()


def open_file(by: Caller, listing: Listing, size: int = len(DATA)) -> SubmissionFile:
    files = [FileSpec("config.json", 2, SHA), FileSpec("model.safetensors", size, SHA)]
    made = submissions.open_submission(by=by, listing=listing, number="1.0.0", files=files)
    return made.files.get(path="model.safetensors")


@pytest.fixture
def file(as_hana: Caller) -> SubmissionFile:
    return open_file(as_hana, make_listing(as_hana))


def put(by: Caller, file: SubmissionFile, offset: int, data: bytes, **more) -> SubmissionFile:
    return submissions.receive(by=by, file=file, offset=offset, chunk=io.BytesIO(data), **more)


def stored(file: SubmissionFile, folder: Path) -> tuple[int, int, int]:
    """Return what the row says, how many parts have rows, how many objects there are."""
    file.refresh_from_db()
    return file.received, file.parts.count(), len(list(all_parts(folder)))


def test_parts_join_to_the_file(as_hana, file, tmp_path) -> None:
    for offset in range(0, len(DATA), STEP):
        put(as_hana, file, offset, DATA[offset : offset + STEP])

    digest = spool.assemble(file, tmp_path / "joined", lambda done: None)

    assert (file.received, file.is_complete, digest) == (len(DATA), True, SHA)
    assert (tmp_path / "joined").read_bytes() == DATA
    assert stored(file, tmp_path)[1:] == (4, 4)


def test_a_whole_file_is_one_audit_event(as_hana, file) -> None:
    put(as_hana, file, 0, DATA[:STEP])
    assert not AuditEvent.objects.filter(action="submission.file_received").exists()

    put(as_hana, file, STEP, DATA[STEP:])

    event = AuditEvent.objects.get(action="submission.file_received")
    assert event.data == {"path": "model.safetensors", "size": len(DATA)}


@pytest.mark.parametrize("offset", [0, STEP - 1, STEP + 1, 2 * STEP, len(DATA)])
def test_another_offset_is_refused_with_the_right_one(as_hana, file, tmp_path, offset) -> None:
    put(as_hana, file, 0, DATA[:STEP])

    with pytest.raises(WrongOffset) as refused:
        put(as_hana, file, offset, DATA[STEP:])

    assert refused.value.data["received"] == STEP
    assert f"has {STEP} bytes so far" in refused.value.detail
    assert stored(file, tmp_path) == (STEP, 1, 1)


def test_nothing_is_added_to_a_whole_file(as_hana, file, tmp_path) -> None:
    put(as_hana, file, 0, DATA)

    with pytest.raises(WrongOffset):
        put(as_hana, file, len(DATA), b"more")

    assert stored(file, tmp_path) == (len(DATA), 1, 1)


@pytest.mark.parametrize(
    ("data", "length", "reason"),
    [
        (b"", None, "The part has 0 bytes"),
        (DATA[: STEP - 1], None, f"The part has {STEP - 1} bytes; all but the last"),
        (DATA + b"!", None, "the part has more"),
        (DATA[:STEP], STEP + 1, f"{STEP + 1} bytes were announced and {STEP} came"),
    ],
)
def test_odd_parts_leave_nothing(as_hana, file, tmp_path, data, length, reason) -> None:
    with pytest.raises(BadPart, match=reason):
        put(as_hana, file, 0, data, length=length)

    assert stored(file, tmp_path) == (0, 0, 0)


def test_a_part_has_at_most_16_megabytes(as_hana, tmp_path) -> None:
    file = open_file(as_hana, make_listing(as_hana), size=PART_BYTES + 1)

    with pytest.raises(PartTooLarge):
        put(as_hana, file, 0, bytes(PART_BYTES + 1))

    assert stored(file, tmp_path) == (0, 0, 0)
    put(as_hana, file, 0, bytes(PART_BYTES))
    assert put(as_hana, file, PART_BYTES, b"!").is_complete


def test_a_stream_that_breaks_leaves_nothing(as_hana, file, tmp_path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            found = super().read(1000)
            if not found:
                raise OSError("the client went away")
            return found

    with pytest.raises(OSError, match="went away"):
        submissions.receive(by=as_hana, file=file, offset=0, chunk=Broken(DATA[:STEP]))

    assert stored(file, tmp_path) == (0, 0, 0)


def test_an_outsider_and_a_viewer_send_nothing(as_charlie, harbor, file, tmp_path) -> None:
    viewer = User.objects.create_user("vera@harbor.example", "correct horse battery")
    member = Membership.objects.create(organization=harbor, user=viewer, role="viewer")

    with pytest.raises(NotFound):
        put(as_charlie, file, 0, DATA)
    with pytest.raises(PermissionMissing):
        put(caller_for(member), file, 0, DATA)

    assert stored(file, tmp_path) == (0, 0, 0)


def test_a_closed_upload_takes_nothing(as_hana, file, tmp_path) -> None:
    submissions.abandon(by=as_hana, submission=file.submission)

    with pytest.raises(UploadClosed, match="is abandoned"):
        put(as_hana, file, 0, DATA)

    assert stored(file, tmp_path) == (0, 0, 0)


def test_of_writers_who_raced_to_the_storage_the_first_wins(
    as_hana, file, tmp_path, monkeypatch
) -> None:
    store = spool.store_part

    def slow_store(slow: SubmissionFile, offset: int, arriving: io.BytesIO) -> str:
        monkeypatch.setattr(spool, "store_part", store)
        key = store(slow, offset, arriving)
        put(as_hana, SubmissionFile.objects.get(pk=file.pk), 0, DATA[: 2 * STEP])
        return key

    monkeypatch.setattr(spool, "store_part", slow_store)
    with pytest.raises(WrongOffset) as refused:
        put(as_hana, file, 0, DATA[:STEP])

    assert refused.value.data["received"] == 2 * STEP
    assert stored(file, tmp_path) == (2 * STEP, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_sound_file(many_threads, as_hana, tmp_path) -> None:
    file = open_file(as_hana, make_listing(as_hana))
    barrier, problems = threading.Barrier(8), []

    def write() -> None:
        barrier.wait()
        while True:
            mine = SubmissionFile.objects.select_related("submission__listing").get(pk=file.pk)
            if mine.is_complete:
                break
            try:
                put(as_hana, mine, mine.received, DATA[mine.received : mine.received + STEP])
            except WrongOffset:
                continue
            except Exception as error:
                problems.append(error)
                break
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert problems == []
    assert stored(file, tmp_path) == (len(DATA), 4, 4)
    assert spool.assemble(file, tmp_path / "joined", lambda done: None) == SHA
    assert UploadPart.objects.count() == 4
