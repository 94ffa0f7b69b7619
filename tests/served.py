"""A server on this machine that plays a publisher, an archive or a data repository, and notes what it was asked."""

import contextlib
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Served:
    """`routes`: path -> (status, headers, body or its pieces), or a function of the request's headers that gives these;
    `asked`: path, monotonic time and headers of each request in order."""

    address: str
    routes: dict[str, Any]
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@contextlib.contextmanager
def served(routes: dict[str, tuple[int, dict[str, str], bytes] | Callable]) -> Iterator[Served]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.at_once += 1
            here.most_at_once = max(here.most_at_once, here.at_once)
            here.asked.append((self.path, time.monotonic(), dict(self.headers)))
            answer = here.routes.get(self.path, (404, HTML, b"nothing here"))
            status, headers, body = answer(dict(self.headers)) if callable(answer) else answer
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                length = {"Content-Length": str(len(body))} if isinstance(body, bytes) else {}
                for name, value in {**length, **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in [body] if isinstance(body, bytes) else body:
                    self.wfile.write(piece)
            here.at_once -= 1

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Served(f"http://127.0.0.1:{server.server_address[1]}", routes)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def page(title: str, paragraphs: list[str], *, head: str = "", encoding: str = "utf-8") -> bytes:
    """A page of a fictional outlet with a menu and a notice on cookies around the article."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{body}</article><footer>We use cookies.</footer></body></html>"
    ).encode(encoding)
