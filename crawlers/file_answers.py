"""Files that come under the address of a page: told by their first bytes.

Scrapy takes an answer for a web page where its address ends in .html and its type is none it knows.
A publisher's new system gives a workbook such an address; read as a page it is a text of signs.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response, TextResponse

# Of documents, archives and pictures.
_FIRST_BYTES = (
    b"%PDF-",
    b"PK\x03\x04",  # docx, xlsx, pptx, ofd, zip
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # doc, xls, ppt, wps
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"{\\rtf",
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
)


class FileAnswersMiddleware:
    """Downloader middleware, after decompression: such an answer is none of text."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer as it came, or the same without a word of text."""
        if not isinstance(response, TextResponse) or not response.body.startswith(_FIRST_BYTES):
            return response
        return Response(
            response.url,
            response.status,
            response.headers,
            response.body,
            response.flags,
            response.request,
            response.certificate,
            response.ip_address,
            response.protocol,
        )
