"""What stands before every request: sizes and times, the token, the name asked for, and the headers of each answer."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from amur.app.exchange import App, Message, Receive, Scope, Send
from amur.app.problems import problem_bytes
from amur.app.settings import Settings
from amur.kit import SERVER_POLICY

COOKIE = "amur-token"
OPEN = frozenset({"/health"})
"""Addresses that need no token."""

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE"})
_OTHER_SITES = frozenset({b"cross-site", b"same-site"})
SENT_ALWAYS = (
    (b"content-security-policy", SERVER_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Refused(Exception):  # noqa: N818
    """A request that goes no further: status, title, what to do, and headers to send along."""

    def __init__(self, status: int, title: str, detail: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        """Keep what the answer says."""
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers


class Guard:
    """ASGI middleware. A body is read whole before the app sees it, within its limits of size and time."""

    def __init__(self, app: App, settings: Settings) -> None:
        """Stand before `app`."""
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        closed = _closing(send, head=scope["method"] == "HEAD")
        try:
            self._admit(scope)
            body = await self._body(scope, receive)
        except Refused as refused:
            await _answer(refused, closed)
            return
        # A HEAD is a GET whose body stays here.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await self._app(inner, _replayed(body, receive), closed)

    def _admit(self, scope: Scope) -> None:
        if scope["method"] not in _METHODS:
            allowed = ((b"allow", b"GET, HEAD, POST, DELETE"),)
            raise Refused(405, "Method not allowed", "Use GET, HEAD, POST or DELETE.", allowed)
        if len(scope.get("query_string", b"")) + len(scope["path"]) > self._settings.query_bytes:
            raise Refused(414, "Address too long", f"An address has at most {self._settings.query_bytes:,} bytes.")
        headers = dict(scope["headers"])
        if self._settings.is_local and _name_of(headers.get(b"host", b"")) not in _LOCAL_NAMES:
            # A page elsewhere could point a name of its own at this machine.
            raise Refused(421, "Wrong host", "Ask for this server by the address it was started with.")
        if scope["method"] in ("POST", "DELETE") and headers.get(b"sec-fetch-site") in _OTHER_SITES:
            raise Refused(403, "Wrong site", "Send this from a page of this server, or from a program of your own.")
        if self._settings.token and scope["path"] not in OPEN:
            _require_token(scope, headers, self._settings.token)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        limit = self._settings.body_bytes
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            raise _too_large(limit)
        try:
            return await asyncio.wait_for(_read(receive, limit), self._settings.body_seconds)
        except TimeoutError:
            raise Refused(
                408, "Too slow", f"The body was not there within {self._settings.body_seconds:g} seconds.", _CLOSE
            ) from None


_CLOSE = ((b"connection", b"close"),)


def _too_large(limit: int) -> Refused:
    return Refused(413, "Too large", f"A body has at most {limit:,} bytes. Send less at a time.", _CLOSE)


async def _read(receive: Receive, limit: int) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "Gone", "The client went away.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _closing(send: Send, *, head: bool) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message.get("headers", [])}
            more = [item for item in SENT_ALWAYS if item[0] not in present]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        elif head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return with_headers


async def _answer(refused: Refused, send: Send) -> None:
    body = problem_bytes(refused.status, refused.title, refused.detail)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode("ascii")),
        *refused.headers,
    ]
    if 300 <= refused.status < 400:
        headers[0], body = (b"content-type", b"text/plain"), b""
        headers[1] = (b"content-length", b"0")
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name_of(host: bytes) -> str:
    name = host.decode("latin-1").lower()
    return name[1:].split("]")[0] if name.startswith("[") else name.rsplit(":", 1)[0]


# ── the token ───────────────────────────────────────────────────────────────────────────────────


def _require_token(scope: Scope, headers: MutableMapping[bytes, bytes], token: str) -> None:
    """The token in a header or cookie; in an address once, which sets the cookie and leads to the clean address."""
    scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and _same(given.strip(), token):
        return
    if _same(_cookie(headers.get(b"cookie", b"").decode("latin-1")), token):
        return
    asked = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if scope["method"] != "POST" and any(name == "token" and _same(value, token) for name, value in asked):
        rest = urlencode([(name, value) for name, value in asked if name != "token"])
        # Two slashes at the front would lead to another host.
        clean = "/" + scope["path"].lstrip("/") + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
        location = clean.encode("ascii", "ignore")
        raise Refused(303, "See other", "", ((b"location", location), (b"set-cookie", cookie.encode("latin-1"))))
    raise Refused(
        401,
        "Token needed",
        "Open the address with ?token=… once, or send the header Authorization: Bearer ….",
        ((b"www-authenticate", b"Bearer"),),
    )


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8"), token.encode("utf-8"))


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
