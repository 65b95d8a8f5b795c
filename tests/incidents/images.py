"""Images as telephones and strangers send them, made here."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (255, 255, 255)


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red above green on the left, blue above white on the right: one sees which side is up."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (0, height // 2, width // 2, height))
    image.paste(BLUE, (width // 2, 0, width, height // 2))
    return image


def encoded(image: Image.Image | None = None, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of the image in this format."""
    out = io.BytesIO()
    options = {"quality": 90} | options if kind != "PNG" else options
    (image or quarters()).save(out, kind, **options)
    return out.getvalue()


def exif(lon: float | None = None, lat: float | None = None, orientation: int = 1) -> Image.Exif:
    """What a telephone writes beside the pixels."""
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = "Telephone of Jean Dupont"
    made[ExifTags.Base.ImageDescription] = "SECRET-DESCRIPTION"
    if lon is not None and lat is not None:
        made._ifds[ExifTags.IFD.GPSInfo] = {
            ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: sexagesimal(abs(lat)),
            ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: sexagesimal(abs(lon)),
        }
    return made


def sexagesimal(value: float) -> tuple[float, float, float]:
    """Degrees, minutes, seconds."""
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4)


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def flood(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes whose header promises a sea of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def shown(jpeg: bytes) -> Image.Image:
    """The image in these bytes, decoded."""
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


def files(media: Path, folder: str = "concerns") -> list[Path]:
    """The files of this folder of photos."""
    return sorted(path for path in (media / folder).rglob("*") if path.is_file())
