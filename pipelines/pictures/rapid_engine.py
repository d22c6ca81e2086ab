"""Recognition by RapidOCR: the Chinese PP-OCR models that its wheel carries, on ONNX Runtime.

Needs the extra `zhengxun[ocr]`. To be used in a limited child process only
(`pipelines.pictures.picture_reader`): the libraries decode pictures made by strangers.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps
from rapidocr import RapidOCR

from pipelines.downloads.pieces import DAMAGED, PASSWORD
from pipelines.pictures.page_text import Page, Piece, in_reading_order

THREADS = 2
MAX_PIXELS = 60_000_000
"""Larger pictures are not decoded."""

_LONG_SIDE = 2000
_DETECTED_SIDE = 1280
_DOTS_PER_INCH = 200
_PRINTED_CHARACTERS = 20
_STRIP = 1.6
_SEARCHED = 0.2
_SMALLEST = 24
_SURE = 0.5
TOO_MANY_PIXELS = "图片过大，未识别文字"


def read_page(data: bytes, kind: str, number: int) -> Page:
    """The text of page `number` (from 0) of a PDF or picture. A long picture has several pages: it
    is cut where nothing is printed. A PDF's page with printed text has no lines here."""
    cv2.setNumThreads(1)
    try:
        with warnings.catch_warnings(action="ignore"):
            pages, image = _pdf_page(data, number) if kind == "pdf" else _strip(data, number)
    except (Image.UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return Page(1, note=DAMAGED)
    except pypdfium2.PdfiumError as error:
        return Page(1, note=PASSWORD if "password" in str(error).lower() else DAMAGED)
    except Image.DecompressionBombError:
        return Page(1, note=TOO_MANY_PIXELS)
    if image is None or min(image.size) < _SMALLEST:
        return Page(pages)
    return Page(pages, in_reading_order(list(_recognised(image))))


def _pdf_page(data: bytes, number: int) -> tuple[int, Image.Image | None]:
    document = pypdfium2.PdfDocument(data)
    if number >= len(document):
        return len(document), None
    page = document[number]
    printed = page.get_textpage().count_chars()
    if printed >= _PRINTED_CHARACTERS:
        return len(document), None
    scale = min(_DOTS_PER_INCH / 72, _LONG_SIDE / max(1.0, *page.get_size()))
    return len(document), page.render(scale=scale).to_pil().convert("RGB")


def _strip(data: bytes, number: int) -> tuple[int, Image.Image | None]:
    """One strip of a picture, or one picture of a file with several (TIFF)."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    picture = Image.open(io.BytesIO(data))
    if picture.width * picture.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if frames > 1:
        picture.seek(min(number, frames - 1))
        return frames, _shown(picture) if number < frames else None
    image = _shown(picture)
    cuts = _cuts(image)
    if number + 1 >= len(cuts):
        return len(cuts) - 1, None
    return len(cuts) - 1, image.crop((0, cuts[number], image.width, cuts[number + 1]))


def _shown(picture: Image.Image) -> Image.Image:
    """As people see it: turned the right way, on white where it is transparent."""
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _cuts(image: Image.Image) -> list[int]:
    """Rows at which a picture is cut: its top, rows where nothing changes, its bottom."""
    step = int(_STRIP * image.width)
    if image.height <= 1.5 * step:
        return [0, image.height]
    rows = np.asarray(image.convert("L"), dtype=np.float32).std(axis=1)
    cuts = [0]
    while image.height - cuts[-1] > 1.25 * step:
        first = cuts[-1] + int(step * (1 - _SEARCHED))
        cuts.append(first + int(np.argmin(rows[first : cuts[-1] + step])))
    return [*cuts, image.height]


def _recognised(image: Image.Image) -> Iterator[Piece]:
    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "critical",
            "Global.max_side_len": _LONG_SIDE,
            "Global.text_score": _SURE,
            # Finding lines on fewer pixels costs a third of the time and of the memory.
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTED_SIDE,
            "Rec.rec_batch_num": 1,
        }
    )
    found = engine(np.asarray(image)[:, :, ::-1])
    if found.boxes is not None:
        yield from _pieces(found.boxes, found.txts, found.scores)


def _pieces(boxes: Iterable[Any], texts: Iterable[str], scores: Iterable[float]) -> Iterator[Piece]:
    for box, text, score in zip(boxes, texts, scores, strict=True):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ((float(x), float(y)) for x, y in box)
        across, down = (x0 + x1 + x2 + x3) / 4, (y0 + y1 + y2 + y3) / 4
        width, height = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
        yield Piece(
            *(text, float(score), across - width / 2, down - height / 2),
            *(across + width / 2, down + height / 2, math.atan2(y1 - y0, x1 - x0)),
        )
