"""What stands before every page: hosts, origins, cookies, form tokens, sizes and headers."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from config_delivery import LOOPBACK, DeskConfig

COOKIE, FORM_COOKIE = "zhengxun_desk", "zhengxun_form"
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
MOST_BYTES = 2 * 1024 * 1024
MOST_TOKEN = 100
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self';"
        " style-src 'self'; img-src 'self'; frame-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
    "Server": "zhengxun",
}
# A preview stands in a frame of ours, and can do nothing there: not even our forms are its own.
FRAMED = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
        " frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True)
class Guard:
    """The rules of one desk."""

    config: DeskConfig

    @property
    def is_secure(self) -> bool:
        """Whether people come by https, as they do unless it is this very machine."""
        return self.config.origin.startswith("https://")

    def cookie_name(self, name: str) -> str:
        """Under https the browser itself vouches that no other host has set it."""
        return f"__Host-{name}" if self.is_secure else name

    def cookie(self, request: web.Request, name: str) -> str:
        """A token the browser brought, '' for none and for what is none."""
        value = request.cookies.get(self.cookie_name(name), "")
        return value if len(value) <= MOST_TOKEN and value.isascii() else ""

    def set_cookie(self, response: web.StreamResponse, name: str, token: str) -> None:
        """Until the browser is closed; no script reads it and no other site sends it."""
        response.set_cookie(
            self.cookie_name(name),
            token,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self.is_secure,
        )

    def end_cookie(self, response: web.StreamResponse, name: str) -> None:
        """Forget it."""
        response.del_cookie(
            self.cookie_name(name), path="/", httponly=True, samesite="Lax", secure=self.is_secure
        )

    def check_host(self, request: web.Request) -> None:
        """Another name that leads here is somebody's trick (DNS rebinding)."""
        own = urlsplit(self.config.origin)
        port = self.config.listen.rpartition(":")[2]
        known = {own.netloc} | {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        if request.host not in known:
            raise web.HTTPMisdirectedRequest

    def check_origin(self, request: web.Request) -> None:
        """A form is posted by our own page: the browser says so, or it is refused."""
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        scheme = "https" if self.is_secure else "http"
        own = {self.config.origin}
        if urlsplit(f"//{request.host}").hostname in LOOPBACK and not self.is_secure:
            own.add(f"{scheme}://{request.host}")
        if origin is None and site is None:
            raise web.HTTPForbidden
        if origin is not None and origin not in own:
            raise web.HTTPForbidden
        if site is not None and site != "same-origin":
            raise web.HTTPForbidden

    def client(self, request: web.Request) -> str:
        """For whom tries are counted: behind a proxy that says so, its last word."""
        if self.config.forwarded:
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            return last or (request.remote or "")
        return request.remote or ""

    def proxy_user(self, request: web.Request) -> str:
        """Who the proxy says it is, '' unless it is the proxy that says so."""
        header, said = self.config.user_header, ""
        if header:
            given = request.headers.getall(header, [])
            said = given[0].strip() if len(given) == 1 else ""
        if not said or request.remote is None:
            return ""
        place = ip_address(request.remote.partition("%")[0])
        networks = (ip_network(one) for one in self.config.user_networks)
        return said if any(place in one for one in networks) else ""


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def same(one: str, other: str) -> bool:
    """Whether two tokens are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
