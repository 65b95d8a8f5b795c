"""One image of unknown origin, read from standard input and written anew as JPEG to standard output.

It runs as a process of its own, with little memory, little time, no file to write and nothing of the environment: what
a hostile image breaks is this process, and the parent refuses the image. What comes out is made of pixels alone.
It imports nothing of the house, so that it starts fast and knows no secret.
"""

from __future__ import annotations

import io
import json
import math
import resource
import sys
import warnings
from typing import Final

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "HEIF")
MOST_PIXELS: Final = 51_000_000  # what telephones make today
LONGEST_SIDE: Final = 2560
QUALITY: Final = 85
MEMORY_BYTES: Final = 1536 * 1024 * 1024
CPU_S: Final = 20
_LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_S),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)
_HEMISPHERES: Final = {"N": (1, 90.0), "S": (-1, 90.0), "E": (1, 180.0), "W": (-1, 180.0)}


class NotTaken(Exception):  # noqa: N818 - it is the sender who errs
    """The image is refused; the argument is the code of the reason."""


def main() -> None:
    """Writes a line of JSON, then the JPEG: `{"code": "taken", …}`, or a code that says why not and no JPEG."""
    for kind, most in _LIMITS:
        resource.setrlimit(kind, (most, most))
    jpeg = b""
    try:
        jpeg, facts = written_anew(sys.stdin.buffer.read())
    except NotTaken as refusal:
        facts = {"code": str(refusal)}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + jpeg)


def written_anew(data: bytes) -> tuple[bytes, dict[str, object]]:
    """The JPEG, and its `width`, `height` and the `place` (lon, lat in EPSG:4326) that the image told. Raises NotTaken.

    The first frame, upright, in sRGB, its longest side at most LONGEST_SIDE; transparency becomes white.
    """
    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTaken("too_many_pixels") from None
    except UnidentifiedImageError:
        raise NotTaken("not_a_photo") from None
    except Exception:
        raise NotTaken("unreadable") from None
    # From the header alone: nothing was decoded yet.
    if image.width * image.height > MOST_PIXELS:
        raise NotTaken("too_many_pixels")
    # What the metadata of a photo gets wrong is no reason to refuse its pixels.
    warnings.simplefilter("ignore")
    try:
        place = _place(image)
        pixels = _pixels(image)
        out = io.BytesIO()
        pixels.save(out, "JPEG", quality=QUALITY, optimize=True)
    except Exception:
        raise NotTaken("unreadable") from None
    return out.getvalue(), {"code": "taken", "width": pixels.width, "height": pixels.height, "place": place}


def _pixels(image: Image.Image) -> Image.Image:
    """The image made small, upright and sRGB, without anything that came along with it."""
    if image.mode.startswith("I"):  # sixteen bits
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        has_alpha = image.has_transparency_data
        image = image.convert("RGBA" if has_alpha else "RGB")
    profile = image.info.get("icc_profile")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    image = _in_srgb(image, profile)
    return Image.frombytes("RGB", image.size, image.tobytes())


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The colours as meant; a profile that means nothing is left aside."""
    if isinstance(profile, bytes):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _place(image: Image.Image) -> tuple[float, float] | None:
    """(lon, lat) where the photo says it was taken, or None: for the person to confirm, then forgotten."""
    try:
        told = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(told[ExifTags.GPS.GPSLatitude], told[ExifTags.GPS.GPSLatitudeRef])
        lon = _degrees(told[ExifTags.GPS.GPSLongitude], told[ExifTags.GPS.GPSLongitudeRef])
    except Exception:
        return None  # whatever is wrong with it, it says no place
    # What has no fix writes zeros.
    return (lon, lat) if (lon, lat) != (0, 0) else None


def _degrees(parts: tuple[float, ...], hemisphere: str) -> float:
    """Degrees, minutes and seconds as degrees; ValueError outside the globe."""
    sign, bound = _HEMISPHERES[hemisphere.strip("\0 ")]
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not (math.isfinite(value) and 0 <= value <= bound):
        raise ValueError(value)
    return round(sign * value, 7)


if __name__ == "__main__":
    main()
