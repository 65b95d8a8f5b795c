"""What becomes of an image: its pixels upright, and nothing else."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from incidents import photos
from incidents.photos import PhotoRefused, written_anew
from tests.incidents.images import BLUE, GREEN, RED, WHITE, encoded, exif, flood, quarters, shown

GAP = (6.0786, 44.5594)


def pixel(image: Image.Image, x: int = 5, y: int = 5) -> tuple[float, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def corners(image: Image.Image) -> list[str]:
    """The names of the colours at the four corners: above left and right, below left and right."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    found = []
    for x, y in ((4, 4), (-5, 4), (4, -5), (-5, -5)):
        here = pixel(image, x % image.width, y % image.height)
        found.append(min(names, key=lambda name: sum(abs(a - b) for a, b in zip(names[name], here, strict=True))))
    return found


UPRIGHT = ["red", "blue", "green", "white"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_the_three_formats_are_taken_by_their_content(kind):
    photo = written_anew(encoded(kind=kind))
    image = shown(photo.jpeg)
    assert (image.format, image.mode, image.size, corners(image)) == ("JPEG", "RGB", (64, 48), UPRIGHT)
    assert (photo.width, photo.height, photo.place) == (64, 48, None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_nothing_but_pixels_is_kept(kind):
    tokens = (b"SECRET", b"Telephone", b"Dupont", b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"PRIVATE")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = (
        {"xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>PRIVATE http://ns.adobe.com</x:xmpmeta>"} if kind != "PNG" else {}
    )
    if kind == "JPEG":
        more["comment"] = b"PRIVATE comment"
    original = encoded(kind=kind, exif=exif(*GAP).tobytes(), icc_profile=srgb, **more)
    assert b"Telephone" in original
    photo = written_anew(original)
    assert [token for token in tokens if token in photo.jpeg] == []
    kept = shown(photo.jpeg)
    assert dict(kept.getexif()) == {}
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert photo.place == pytest.approx(GAP, abs=1e-6)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_orientation_is_applied(orientation, kind):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters()
    lying = image.transpose(undo[orientation]) if orientation in undo else image
    photo = written_anew(encoded(lying, kind, exif=exif(orientation=orientation).tobytes()))
    assert (photo.width, photo.height, corners(shown(photo.jpeg))) == (64, 48, UPRIGHT)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ((6.0786, 44.5594), (6.0786, 44.5594)),
        ((-61.5, -16.25), (-61.5, -16.25)),
        ((0, 0), None),  # no fix
        ((6.0786, 144.0), None),  # off the globe
    ],
)
def test_the_place_that_a_photo_tells_is_read_once(place, told):
    photo = written_anew(encoded(exif=exif(*place).tobytes()))
    assert photo.place == (told and pytest.approx(told, abs=1e-6))


def test_a_place_that_means_nothing_is_no_place():
    made = exif(*GAP)
    made._ifds[0x8825][2] = (1.0, 2.0)
    assert written_anew(encoded(exif=made.tobytes())).place is None
    made._ifds[0x8825] = {1: "X", 2: (44.0, 0.0, 0.0), 3: "E", 4: (6.0, 0.0, 0.0)}
    assert written_anew(encoded(exif=made.tobytes())).place is None


ODD = [
    # an image of one colour, and that colour once it is written anew
    (Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", (254, 0, 0)),
    (Image.new("L", (40, 30), 77), "JPEG", (77, 77, 77)),
    (Image.new("I;16", (40, 30), 40_000), "PNG", (156, 156, 156)),
    (Image.new("1", (40, 30), 1), "PNG", (255, 255, 255)),
    (Image.new("LA", (40, 30), (10, 0)), "PNG", (255, 255, 255)),
    (Image.new("RGBA", (40, 30), (10, 20, 30, 0)), "PNG", (255, 255, 255)),
    (Image.new("RGBA", (40, 30), (0, 0, 255, 255)), "PNG", (0, 0, 254)),
    (Image.new("P", (40, 30), 0), "PNG", (0, 0, 0)),
]


@pytest.mark.parametrize(("image", "kind", "colour"), ODD, ids=[f"{i.mode}-{k}-{c}" for i, k, c in ODD])
def test_every_kind_of_pixel_becomes_plain_colour(image, kind, colour):
    kept = shown(written_anew(encoded(image, kind)).jpeg)
    assert kept.mode == "RGB"
    assert max(abs(a - b) for a, b in zip(pixel(kept), colour, strict=True)) <= 2


def test_a_palette_with_a_hole_becomes_white():
    image = Image.new("P", (40, 30), 0)
    assert shown(written_anew(encoded(image, "PNG", transparency=0)).jpeg).getpixel((5, 5)) == (255, 255, 255)


def test_the_colours_are_those_that_the_profile_means():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # What this profile calls red is green.
    swapped = profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
    image = encoded(Image.new("RGB", (40, 30), "red"), icc_profile=swapped)
    red, green, blue = pixel(shown(written_anew(image).jpeg))
    assert (red < 20, green > 230, blue < 20) == (True, True, True)


@pytest.mark.parametrize("profile", [b"nonsense", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_profile_that_means_nothing_here_is_left_aside(profile):
    assert corners(shown(written_anew(encoded(icc_profile=profile)).jpeg)) == UPRIGHT


def test_a_large_photo_is_made_smaller_and_keeps_its_shape():
    photo = written_anew(encoded(quarters(4000, 3000), quality=50))
    assert (photo.width, photo.height) == (2560, 1920)
    assert corners(shown(photo.jpeg)) == UPRIGHT


def test_of_a_film_the_first_image_is_kept():
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("white", "red")]
    photo = written_anew(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    assert shown(photo.jpeg).getpixel((5, 5)) == (255, 255, 255)
    film = encoded(quarters(), "MPO", save_all=True, append_images=frames[1:])  # as telephones with two lenses write
    assert corners(shown(written_anew(film).jpeg)) == UPRIGHT


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("secret.txt", "SECRET")
    return out.getvalue()


SCRIPT = b"GIF89a/*" + bytes(20) + b"*/=1;alert(document.cookie)//"
REFUSED = [
    ("nothing", b"", "empty"),
    ("words", b"not an image at all", "not_a_photo"),
    ("gif and script", SCRIPT, "not_a_photo"),
    ("a real gif", encoded(kind="GIF"), "not_a_photo"),
    ("webp", encoded(kind="WEBP"), "not_a_photo"),
    ("tiff", encoded(kind="TIFF"), "not_a_photo"),
    ("bmp", encoded(kind="BMP"), "not_a_photo"),
    ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_photo"),
    ("html", b"<html><script>alert(1)</script>", "not_a_photo"),
    ("postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(%pipe%id) (r) file", "not_a_photo"),
    ("zip", zipped(), "not_a_photo"),
    ("zip behind a jpeg's head", encoded()[:20] + zipped(), "not_a_photo"),
    ("head of a jpeg", b"\xff\xd8\xff\xe0" + bytes(100), "not_a_photo"),
    ("jpeg cut short", encoded(quarters(640, 480))[:-2000], "unreadable"),
    ("png cut short", encoded(kind="PNG")[:-30], "unreadable"),
    ("heic cut short", encoded(quarters(640, 480), "HEIF")[:-400], "unreadable"),
    ("jpeg damaged inside", encoded()[:100] + b"\xff\xd8\xff\xdb\x00\x03" + encoded()[300:], "not_a_photo"),
    ("sea of pixels", flood(), "too_many_pixels"),
    ("just too many", flood(10_000, 5_101), "too_many_pixels"),
    ("few pixels, empty", flood(100, 100), "unreadable"),
    ("too many bytes", encoded() + bytes(photos.MOST_BYTES), "too_large"),
]


@pytest.mark.parametrize(("data", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(data, code):
    with pytest.raises(PhotoRefused) as refused:
        written_anew(data)
    assert refused.value.code == code


def test_what_hides_behind_a_photo_is_left_behind():
    for hidden in (zipped(), b"<script>SECRET</script>", b"<?php SECRET ?>"):
        photo = written_anew(encoded() + hidden)
        assert b"SECRET" not in photo.jpeg
        assert not zipfile.is_zipfile(io.BytesIO(photo.jpeg))
        assert corners(shown(photo.jpeg)) == UPRIGHT


def test_the_decoder_knows_no_secret_and_writes_no_file(tmp_path, monkeypatch):
    """It is given neither the environment nor the right to write."""
    seen: dict[str, Any] = {}
    run = subprocess.run

    def noted(command, **options):
        seen.update(options, command=command)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noted)
    written_anew(encoded())
    assert (seen["env"], seen["command"][0]) == ({}, sys.executable)
    program = Path(seen["command"][-1]).read_text(encoding="utf-8")
    limits = program.replace(
        "    main()\n", f"    main()\n    from pathlib import Path; Path({str(tmp_path / 'x')!r}).write_text('x')\n"
    )
    # `-c` runs the same limits; SIGXFSZ is ignored by Python, and the write fails.
    done = run([sys.executable, "-I", "-c", limits], input=encoded(), capture_output=True, check=False)
    assert b"File too large" in done.stderr
    assert (tmp_path / "x").read_bytes() == b""


@pytest.mark.parametrize(
    "program", ["import os; os.abort()", "raise MemoryError", "while True: pass", "print('[')", "print('{}')"]
)
def test_an_image_that_ends_the_decoder_is_refused(program, tmp_path, monkeypatch):
    decoder = tmp_path / "decoding.py"
    decoder.write_text(f"import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n{program}\n")
    monkeypatch.setattr(photos, "_DECODER", decoder)
    with pytest.raises(PhotoRefused) as refused:
        written_anew(encoded())
    assert refused.value.code == "unreadable"


def test_the_limits_are_taken_before_anything_is_read():
    """A decoder short of memory says so by dying or by refusing, and never answers half an image."""
    program = Path(photos.__file__).with_name("decoding.py").read_text(encoding="utf-8")
    small = program.replace("MEMORY_BYTES: Final = 1536", "MEMORY_BYTES: Final = 160")
    assert small != program
    large = encoded(quarters(7000, 7000), "PNG")
    done = subprocess.run([sys.executable, "-I", "-c", small], input=large, capture_output=True, check=False)
    assert done.stdout.partition(b"\n")[0] in {b"", b'{"code": "unreadable"}'}
    assert b"\xff\xd8" not in done.stdout


def test_one_photo_is_read_at_a_time(monkeypatch):
    monkeypatch.setattr(photos, "_WAIT_S", 0.01)
    with photos._TURN, pytest.raises(PhotoRefused) as refused:
        written_anew(encoded())
    assert refused.value.code == "busy"
    assert written_anew(encoded()).width == 64


def test_the_same_photo_has_the_same_digest():
    assert written_anew(encoded()).digest == written_anew(encoded()).digest
    assert written_anew(encoded()).digest != written_anew(encoded(quarters(65, 48))).digest
