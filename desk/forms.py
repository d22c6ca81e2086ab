"""What a browser posts, read within bounds."""

from __future__ import annotations

from aiohttp import BodyPartReader, ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from desk.guard import MOST_BYTES

# What reading a body raises that its own headers do not fit, or that ends too early.
_CUT = (HttpProcessingError, web.RequestPayloadError, ClientPayloadError, ValueError, LookupError)


async def posted(request: web.Request) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """The fields and files of a form. Raises HTTPException for what is none, or too much."""
    form: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    kind = request.content_type
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    try:
        if kind == "application/x-www-form-urlencoded":
            for name, value in (await request.post()).items():
                form.setdefault(name, []).append(value if isinstance(value, str) else "")
        else:
            await _take_parts(request, form, files)
    except _CUT as error:
        raise web.HTTPBadRequest from error
    return form, files


async def _take_parts(
    request: web.Request, form: dict[str, list[str]], files: dict[str, bytes]
) -> None:
    """The parts of a multipart form, all together no longer than a body may be."""
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise web.HTTPBadRequest
        content = bytearray()
        while chunk := await part.read_chunk():
            size += len(chunk)
            if size > MOST_BYTES:
                raise web.HTTPRequestEntityTooLarge(MOST_BYTES, size)
            content += chunk
        if part.filename is None:
            form.setdefault(part.name, []).append(content.decode("utf-8", "replace"))
        else:
            files[part.name] = bytes(content)
