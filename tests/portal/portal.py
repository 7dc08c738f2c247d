"""A provincial portal on loopback: a real HTTP server whose pages, of our own writing, a test sets one by one."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "cong-thong-tin.example"  # a public name, as far as the fetcher knows

Script = Callable[["Exchange"], None]


@dataclasses.dataclass
class Seen:
    """One request as the portal saw it."""

    host: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


class Exchange(BaseHTTPRequestHandler):
    """One request and what the portal's script does with it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        portal: Portal = self.server.portal  # type: ignore[attr-defined]
        seen = Seen(self.headers["Host"], self.path, dict(self.headers), time.time())
        portal.log.append(seen)
        script = portal.next_script(self.path)
        try:
            script(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the fetcher has hung up, as some of these tests want it to
        finally:
            seen.ended = time.time()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer; header names are given with underscores."""
        self.send_response(status)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names.setdefault("Content-Length", str(len(body)))
        for name, value in names.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Portal:
    """The server; `pages` maps a path to its script, `log` holds every request."""

    def __init__(self, tls: object = None) -> None:
        self.pages: dict[str, Script | list[Script]] = {}
        self.log: list[Seen] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
        self._server.daemon_threads = True
        self._server.portal = self  # type: ignore[attr-defined]
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Portal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next_script(self, path: str) -> Script:
        """The script of a path; of a list the next one, the last for ever."""
        script = self.pages.get(path, status(404))
        if isinstance(script, list):
            return script.pop(0) if len(script) > 1 else script[0]
        return script

    def asked(self, path: str | None = None) -> list[Seen]:
        """The requests so far, of one path or all but robots.txt."""
        return [seen for seen in list(self.log) if (seen.path == path if path else seen.path != "/robots.txt")]


# Scripts -----------------------------------------------------------------------------------------------------------


def page(text: str | bytes, content_type: str = "text/html; charset=utf-8", **headers: str) -> Script:
    """A page that says 200."""
    body = text.encode() if isinstance(text, str) else text
    return lambda exchange: exchange.answer(200, body, Content_Type=content_type, **headers)


def status(code: int, **headers: str) -> Script:
    """An answer without a page."""
    return lambda exchange: exchange.answer(code, **headers)


def redirect(target: str, code: int = 302) -> Script:
    """A redirect."""
    return status(code, Location=target)


def tagged(text: str, etag: str) -> Script:
    """A page with an ETag: who knows it gets 304."""

    def script(exchange: Exchange) -> None:
        if exchange.headers.get("If-None-Match") == etag:
            exchange.answer(304, ETag=etag)
        else:
            exchange.answer(200, text.encode(), Content_Type="text/html; charset=utf-8", ETag=etag)

    return script


def chunked(pieces: Iterable[bytes], pause: float = 0.0) -> Script:
    """A chunked body, piece by piece; without an end when `pieces` has none."""

    def script(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Type", "text/html; charset=utf-8")
        exchange.send_header("Transfer-Encoding", "chunked")
        exchange.end_headers()
        for piece in pieces:
            exchange.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            time.sleep(pause)
        exchange.wfile.write(b"0\r\n\r\n")

    return script


def silent(seconds: float) -> Script:
    """No answer at all for a while."""

    def script(exchange: Exchange) -> None:
        time.sleep(seconds)
        exchange.answer(200, b"too late")

    return script


# Pages of our own writing ------------------------------------------------------------------------------------------


def article(founded: int = 21, *, title: str = "Kinh tế tập thể của tỉnh", views: int = 0, body: str = "") -> str:
    """A bulletin with one claim, a date, and furniture around it."""
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>
<div class="menu"><a href="/">Trang chủ</a> Lượt xem: {views}</div>
<h1>{title}</h1><p class="ngay">Ngày đăng: 15/01/2026</p>
<div class="noi-dung"><p>Trong năm 2025, toàn tỉnh đã thành lập mới {founded} hợp tác xã, các đơn vị hoạt động ổn định
và từng bước mở rộng dịch vụ phục vụ thành viên trên địa bàn các xã.</p><p>Liên minh Hợp tác xã tỉnh tiếp tục hướng dẫn
các hợp tác xã củng cố tổ chức, đào tạo cán bộ quản lý và kết nối tiêu thụ sản phẩm.{body}</p></div>
</body></html>"""


def listing(paths: Iterable[str], following: str | None = None, *, css: str = "tin") -> str:
    """A page that lists bulletins."""
    entries = "".join(
        f'<li class="{css}"><a href="{path}">Tin hợp tác xã {path}</a> <span>15/01/2026</span></li>' for path in paths
    )
    more = f'<a class="sau" href="{following}">Trang sau</a>' if following else ""
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Tin tức</title></head>
<body><ul>{entries}</ul>{more}</body></html>"""


LOGIN = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Đăng nhập</title></head><body>
<form action="/vao" method="post">Tên <input name="ten"> Mật khẩu <input type="password" name="mat-khau">
<button>Vào</button></form></body></html>"""

CHALLENGE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<div id="cf-chl-widget">Checking your browser</div></body></html>"""
