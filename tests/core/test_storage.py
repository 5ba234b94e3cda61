import io

import pytest

from marketplace.core import storage

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_blob_is_stored_under_its_digest():
    stored = storage.put_blob(io.BytesIO(b"abc"))

    assert (stored.sha256, stored.size) == (ABC, 3)
    assert storage.blob_key(ABC) == f"sha256/ba/{ABC}"
    with storage.open_blob(ABC) as kept:
        assert kept.read() == b"abc"


def test_storing_twice_keeps_one(tmp_path):
    for _ in range(2):
        storage.put_blob(io.BytesIO(b"abc"))

    kept = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [ABC]


def test_a_file_is_stored_like_its_bytes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")

    assert storage.put_file(path).sha256 == ABC


def test_large_blobs_are_read_in_pieces():
    stored = storage.put_blob(io.BytesIO(b"x" * (2 * storage.CHUNK_BYTES + 5)))

    assert [len(piece) for piece in storage.read_chunks(stored.sha256)] == [1 << 20, 1 << 20, 5]


def test_a_deleted_blob_is_gone_and_deleting_again_is_harmless():
    storage.put_blob(io.BytesIO(b"abc"))

    storage.delete_blob(ABC)
    storage.delete_blob(ABC)

    with pytest.raises(FileNotFoundError):
        storage.open_blob(ABC)
