"""Draws pages as scanners, fax machines and telephones give them, of texts that are known."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/opentype/noto/"
SERIF, SANS = "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc"
WIDTH, MARGIN = 1240, 110
_CHINA = 2  # the face of simplified Chinese in Noto's collections


def font(size: int, face: str = SERIF) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS + face, size, index=_CHINA)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` characters."""
    lines = []
    for paragraph in text.split("\n"):
        lines += [paragraph[at : at + width] for at in range(0, len(paragraph), width)]
    return lines


def page(text: str, size: int = 32, face: str = SERIF, gap: float = 1.7) -> Image.Image:
    """A page of black text on white; the first line is a heading in the middle."""
    lines = wrapped(text, (WIDTH - 2 * MARGIN) // size)
    image = Image.new("L", (WIDTH, 2 * MARGIN + int(len(lines) * size * gap)), 255)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        wide = pen.textlength(line, font=font(size, face))
        left = (WIDTH - wide) / 2 if number == 0 else MARGIN
        pen.text((left, MARGIN + number * size * gap), line, font=font(size, face), fill=15)
    return image


def grid(rows: Sequence[Sequence[str]], widths: Sequence[int], size: int = 26) -> Image.Image:
    """A table with ruled lines."""
    tall = int(size * 2)
    image = Image.new("L", (sum(widths) + 2 * 40, tall * len(rows) + 2 * 40), 255)
    pen = ImageDraw.Draw(image)
    for down, cells in enumerate(rows):
        left = 40
        for cell, wide in zip(cells, widths, strict=True):
            box = (left, 40 + down * tall, left + wide, 40 + (down + 1) * tall)
            pen.rectangle(box, outline=60, width=2)
            pen.text((left + 12, box[1] + size * 0.4), cell, font=font(size, SANS), fill=15)
            left += wide
    return image


def two_columns(title: str, left: str, right: str, size: int = 28) -> Image.Image:
    image = Image.new("L", (WIDTH, 1100), 255)
    pen = ImageDraw.Draw(image)
    wide = pen.textlength(title, font=font(size + 8))
    pen.text(((WIDTH - wide) / 2, 60), title, font=font(size + 8), fill=15)
    for text, start in ((left, 90), (right, 660)):
        for number, line in enumerate(wrapped(text, 490 // size)):
            place = (start, 150 + number * size * 1.6)
            pen.text(place, line, font=font(size), fill=15)
    return image


def long_picture(title: str, blocks: Sequence[tuple[str, str]]) -> Image.Image:
    """一图读懂: coloured bands under each other."""
    image = Image.new("RGB", (900, 260 + 520 * len(blocks)), "#0b4a8f")
    pen = ImageDraw.Draw(image)
    pen.text((60, 90), title, font=font(46, SANS), fill="white")
    for number, (head, text) in enumerate(blocks):
        top = 260 + 520 * number
        pen.rounded_rectangle((40, top, 860, top + 480), 24, fill="#f4f7fb")
        pen.text((80, top + 30), head, font=font(38, SANS), fill="#c8102e")
        for line_number, line in enumerate(wrapped(text, 24)):
            place = (80, top + 110 + 52 * line_number)
            pen.text(place, line, font=font(30, SANS), fill="#222222")
    return image


def stamped(image: Image.Image, words: str, centre: tuple[int, int]) -> Image.Image:
    """With a red office stamp: a ring, a star, the office's name along it."""
    colour = image.convert("RGB")
    layer = Image.new("RGBA", colour.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    x, y, radius, red = *centre, 130, (205, 30, 40, 150)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=red, width=7)
    star = [
        (x + r * math.sin(a), y - r * math.cos(a))
        for a, r in ((math.pi * n / 5, 46 if n % 2 == 0 else 18) for n in range(10))
    ]
    pen.polygon(star, fill=red)
    for number, sign in enumerate(words):
        angle = math.radians(-120 + 240 * number / (len(words) - 1))
        glyph = Image.new("RGBA", (44, 44), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text((4, -4), sign, font=font(34), fill=red)
        glyph = glyph.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        place = (x + 100 * math.sin(angle) - 22, y - 100 * math.cos(angle) - 22)
        layer.alpha_composite(glyph, (int(place[0]), int(place[1])))
    return Image.alpha_composite(colour.convert("RGBA"), layer).convert("RGB")


def skewed(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def noisy(image: Image.Image, strength: float, seed: int, paper: int = 255) -> Image.Image:
    """With grain, on greyish paper."""
    grain = np.random.default_rng(seed).normal(0, strength, (image.height, image.width))
    tones = np.asarray(image.convert("L"), dtype=np.float32) * (paper / 255)
    return Image.fromarray(np.clip(tones + grain, 0, 255).astype(np.uint8))


def shaded(image: Image.Image) -> Image.Image:
    """With the shadow of a book's fold at the right."""
    slope = np.linspace(1.0, 0.45, image.width) ** 1.3
    tones = np.asarray(image.convert("L"), dtype=np.float32) * slope
    return Image.fromarray(tones.astype(np.uint8))


def faxed(image: Image.Image, seed: int) -> Image.Image:
    """Coarse, of black and white alone, with specks."""
    small = image.convert("L").resize((image.width * 3 // 4, image.height * 3 // 4))
    tones = np.asarray(small).copy()
    specks = np.random.default_rng(seed).random(tones.shape)
    tones[specks < 0.003] = 0
    tones[specks > 0.997] = 255
    return Image.fromarray(tones).point(lambda tone: 255 if tone > 140 else 0).convert("1")


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def photographed(image: Image.Image) -> Image.Image:
    """Seen from a little aside."""
    wide, tall = image.size
    corners = (-18, -10, 22, tall + 15, wide + 12, tall - 12, wide - 25, 14)
    return image.transform(
        image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="white"
    )


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(image: Image.Image, quality: int = 55) -> bytes:
    return encoded(image, "JPEG", quality=quality)


def several(images: Sequence[Image.Image], kind: str) -> bytes:
    """Pages of one TIFF or PDF."""
    first, *rest = images
    options = {"compression": "tiff_deflate"} if kind == "TIFF" else {"quality": 55}
    return encoded(first, kind, save_all=True, append_images=rest, resolution=150, **options)


Draw = Callable[[], bytes]
