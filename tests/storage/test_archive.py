"""Original files are named by what is in them, once, and nothing half-written is ever named."""

import hashlib

import pytest

from storage.archive import Archive

PDF = "application/pdf"
CONTENT = b"%PDF-1.7 a report %%EOF"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def archive(tmp_path):
    archive = Archive(tmp_path / "archive")
    archive.make()
    return archive


def _files(archive):
    return sorted(
        str(path.relative_to(archive.folder))
        for path in archive.folder.rglob("*")
        if path.is_file()
    )


def test_a_file_is_kept_under_its_hash(archive):
    assert archive.keep_bytes(CONTENT, PDF) == SHA256
    assert _files(archive) == [f"{SHA256[:2]}/{SHA256}.pdf"]
    assert archive.read(SHA256, PDF) == CONTENT


def test_keeping_it_again_changes_nothing(archive):
    archive.keep_bytes(CONTENT, PDF)
    before = archive.path(SHA256, PDF).stat().st_mtime_ns
    assert archive.keep_bytes(CONTENT, PDF) == SHA256
    assert archive.path(SHA256, PDF).stat().st_mtime_ns == before
    assert _files(archive) == [f"{SHA256[:2]}/{SHA256}.pdf"]


def test_a_file_that_did_not_arrive_leaves_nothing(archive):
    def cut_off():
        with archive.incoming() as path:
            path.write_bytes(CONTENT[:5])
            raise OSError("cut off")

    with pytest.raises(OSError, match="cut off"):
        cut_off()
    assert _files(archive) == []


def test_an_arrival_is_renamed_not_copied(archive):
    with archive.incoming() as path:
        path.write_bytes(CONTENT)
        inode = path.stat().st_ino
        archive.keep(path, PDF)
        assert not path.exists()
    assert archive.path(SHA256, PDF).stat().st_ino == inode


def test_what_is_not_there_is_none(archive):
    assert archive.read(SHA256, PDF) is None


def test_texts_and_pdfs_keep_their_endings(archive):
    assert archive.path(SHA256, "text/plain; charset=utf-8").suffix == ".txt"
    assert archive.path(SHA256, PDF).suffix == ".pdf"


def test_a_link_to_storage_that_is_away_is_said_and_nothing_is_put_in_its_place(tmp_path):
    shared = tmp_path / "mounted"
    (tmp_path / "archive").symlink_to(shared)
    archive = Archive(tmp_path / "archive")
    with pytest.raises(FileNotFoundError, match="a link to storage that is away"):
        archive.make()
    assert not shared.exists()
    shared.mkdir()
    archive.make()
    archive.keep_bytes(b"a document", "application/pdf")
    assert list(shared.glob("*/*.pdf"))
