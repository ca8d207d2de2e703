"""Owns the cases of environment and containers: folders, names, archives, discs."""

from __future__ import annotations

import shutil
import zipfile
from functools import partial
from pathlib import Path

from pydicom.fileset import FileSet

from tests.hazards.case import RIGHT, Corpus, refused, told
from tests.hazards.phantom import Files, write

containers = Corpus("Environment and containers")
add = containers.add


# Folders and names.
@containers("files without an extension", RIGHT, valid=True)
def no_extension(files: Files) -> None:
    files.written = write(files.pet, files.folder / "A1", "IM{:06d}") + write(
        files.ct, files.folder / "A2", "IM{:06d}"
    )


@containers("files that call themselves JPEG", RIGHT, valid=True)
def wrong_extension(files: Files) -> None:
    files.written = write(files.pet, files.folder, "pet{}.jpg") + write(files.ct, files.folder, "ct{}.txt")


@containers("files thirty folders deep", RIGHT, valid=True)
def deep(files: Files) -> None:
    files.written = write(files.both, files.folder.joinpath(*["level"] * 30))


@containers("path of 3,000 characters", RIGHT, valid=True)
def long_path(files: Files) -> None:
    files.written = write(files.both, files.folder.joinpath(*["x" * 200] * 15))


@containers("folder and file names in Cyrillic, Japanese and emoji", RIGHT, valid=True)
def unicode_names(files: Files) -> None:
    files.written = write(files.both, files.folder / "Больной Ünal" / "検査 🩻", "снимок{}.дцм")


@containers("file names with a new line and a byte that is no text", RIGHT, valid=True)
def odd_names(files: Files) -> None:
    files.written = write(files.both, files.folder / "two\nlines", "odd\udcff{}")


@containers("photos, thumbnails, texts and system files among the images", told("NOT_DICOM"), valid=True)
def junk_beside(files: Files) -> None:
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "photo.jpg", "README.txt", "viewer.exe"):
        (files.folder / name).write_bytes(b"MZ" + name.encode() * 200)


@containers("every file given one by one, in place of a folder", RIGHT, valid=True)
def files_given(files: Files) -> None:
    files.write()
    files.opens = sorted(p for p in files.folder.rglob("*") if p.is_file())


@containers("PET folder and CT folder given as two", RIGHT, valid=True)
def folders_given(files: Files) -> None:
    files.write()
    files.opens = [files.folder / "pet", files.folder / "ct"]


@containers("one slice given alone", refused("SINGLE_SLICE"))
def slice_given(files: Files) -> None:
    files.opens = files.write()[:1]


@containers("a path that does not exist", refused("NO_SUCH_PATH"))
def path_absent(files: Files) -> None:
    files.opens = [files.folder / "nowhere"]


@containers("a read-only folder", RIGHT, valid=True)
def read_only(files: Files) -> None:
    files.write()
    for path in [*files.folder.rglob("*"), files.folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)


# Archives and discs.
def zipped(files: Files, name: str = "study.zip", method: int = zipfile.ZIP_DEFLATED) -> Path:
    files.write()
    made = sorted(p for p in files.folder.rglob("*") if p.is_file())
    packed = files.folder / name
    with zipfile.ZipFile(packed, "w", method) as archive:
        for path in made:
            archive.write(path, path.relative_to(files.folder))
    for folder in ("pet", "ct", "others"):
        shutil.rmtree(files.folder / folder, ignore_errors=True)
    files.opens = [packed]
    return packed


for name, what, method in (
    ("zip", "a zip of the folder", zipfile.ZIP_DEFLATED),
    ("zip_stored", "a zip without compression", zipfile.ZIP_STORED),
    ("zip_bzip2", "a zip with bzip2", zipfile.ZIP_BZIP2),
    ("zip_lzma", "a zip with LZMA", zipfile.ZIP_LZMA),
):
    add(name, what, RIGHT, partial(zipped, method=method), valid=True)


@containers("a zip with a name in Japanese and without extension", RIGHT, valid=True)
def zip_unicode(files: Files) -> None:
    zipped(files, "検査 資料")


@containers("a zip inside the folder of the study", told("ARCHIVE_INSIDE"))
def zip_inside(files: Files) -> None:
    files.write()
    with zipfile.ZipFile(files.folder / "old.zip", "w") as archive:
        archive.writestr("a", "b")


@containers("a zip whose names lie in another encoding", RIGHT, valid=True)
def zip_names_of_dos(files: Files) -> None:
    packed = zipped(files)
    packed.write_bytes(packed.read_bytes().replace(b"pet/00", b"p\x81t/00"))


def disc_of(files: Files) -> Path:
    """The study as media with a DICOMDIR (PS3.10)."""
    one = FileSet()
    for dataset in files.both:
        dataset.StudyDate, dataset.StudyTime = "20260310", "100000"
        one.add(dataset)
    one.write(files.folder)
    one._stage["t"].cleanup()  # else emptied with a warning, when it is collected
    files.written = [files.folder / "DICOMDIR"]
    files.opens = [files.folder / "DICOMDIR"]
    return files.folder


@containers("a disc, by its DICOMDIR", RIGHT, valid=True)
def disc(files: Files) -> None:
    disc_of(files)


@containers("a disc, by its folder", told("DICOMDIR"), valid=True)
def disc_folder(files: Files) -> None:
    files.opens = [disc_of(files)]


@containers("a disc whose system shows every name in small letters", RIGHT, valid=True)
def disc_small_letters(files: Files) -> None:
    root = disc_of(files)
    for path in sorted(root.rglob("*"), reverse=True):
        path.rename(path.with_name(path.name.lower()))
    files.opens = [root / "dicomdir"]


@containers("a disc with files besides those of its DICOMDIR", RIGHT, valid=True)
def disc_and_more(files: Files) -> None:
    root = disc_of(files)
    (root / "AUTORUN.INF").write_text("[autorun]\n", "utf-8")
