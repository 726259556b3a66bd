"""A publisher and a receiver of messages on loopback, played truthfully by real HTTP servers in threads."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape


@dataclass
class Publisher:
    """Serves one RSS document per path. `documents` may be changed while it runs; None answers 503."""

    port: int = 0
    documents: dict[str, bytes | None] = field(default_factory=dict)
    pages: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    """Articles as web pages, made when they are asked for."""
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Paths that answer with a status and, for redirects, a Location."""
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and If-None-Match of each request."""

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def publish(
        self, *titles: str, path: str = "/feed", prefix: str = "entry", site: str = "http://news.example"
    ) -> None:
        """A document with one entry for each title; the place of a title is its guid, so a changed title is an edit."""
        entries = "".join(
            f"<item><title>{escape(title)}</title><guid isPermaLink='false'>{prefix}-{number}</guid>"
            f"<link>{site}{path}/{number}</link></item>"
            for number, title in enumerate(titles)
        )
        self.documents[path] = (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire {path}</title>"
            f"<link>http://news.example/</link><description>d</description>{entries}</channel></rss>"
        ).encode()


@dataclass(frozen=True)
class Received:
    """One request that reached the receiver."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answer = tuple[int, Mapping[str, str]]


@dataclass
class Receiver:
    """Takes messages. `answers` says what a path answers (200 where it says nothing), given the requests before."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Callable[[int], Answer]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        with self.lock:
            return [one for one in self.received if one.path == path]


@contextmanager
def publisher(port: int = 0) -> Iterator[Publisher]:
    """A publisher on a free port, or on that which it had before."""
    wire = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wire.requests.append((self.path, self.headers["If-None-Match"]))
            if self.path in wire.refusals:
                status, location = wire.refusals[self.path]
                _answer(self, status, {"Location": location} if location else {}, b"no")
                return
            if self.path in wire.pages:
                _answer(self, 200, {"Content-Type": "text/html; charset=utf-8"}, wire.pages[self.path]())
                return
            document = wire.documents.get(self.path, b"")
            if document is None:
                _answer(self, 503, {}, b"")
                return
            etag = f'"{hash(document):x}"'
            if self.headers["If-None-Match"] == etag:
                _answer(self, 304, {"ETag": etag}, b"")
                return
            _answer(self, 200, {"Content-Type": "application/rss+xml", "ETag": etag}, document)

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    with _serving(Handler, port) as wire.port:
        yield wire


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver on a free port, or on that which it had before."""
    desk = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with desk.lock:
                before = sum(one.path == self.path for one in desk.received)
                desk.received.append(Received(path=self.path, headers=headers, body=body))
            answer = desk.answers.get(self.path)
            status, extra = answer(before) if answer else (200, {})
            _answer(self, status, extra, b"ok")

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    with _serving(Handler, port) as desk.port:
        yield desk


def _answer(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], port: int) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
