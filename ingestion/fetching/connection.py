"""Connections that go only where they may: the address that was checked is the one that is connected to.

A name is resolved once for each connection, every answer is checked, and the socket is opened to that answer, so
a name that answers differently the second time (DNS rebinding) gains nothing. TLS still verifies the name.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import requests.adapters
import urllib3.connection
import urllib3.connectionpool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from ingestion.fetching.addresses import is_public
from ingestion.fetching.settings import Settings

_ADDRESSES_TRIED = 3  # of one name: each may cost the whole time to connect


class RefusedAddress(Exception):
    """A name leads to a machine that is not on the public internet."""

    def __init__(self, host: str, address: str) -> None:
        self.host, self.address = host, address
        super().__init__(f"{host} leads to {address}, which is not on the public internet")


class Watch:
    """A deadline for one whole response, whatever it trickles: at its end the socket is shut down.

    The timeouts of a socket hold for each read; a server that sends a byte now and then never meets one.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def guard(self, connected: socket.socket) -> None:
        """Watch a socket; a second handle on it works whether or not TLS wraps the first."""
        with self._lock:
            self._sockets.append(connected.dup())
        if self.expired:
            self._expire()

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            for handle in self._sockets:
                handle.close()
            self._sockets.clear()

    def _expire(self) -> None:
        self.expired = True
        with self._lock:
            for handle in self._sockets:
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:  # it was closed a moment ago
                    continue


class CheckedAdapter(requests.adapters.HTTPAdapter):
    """Requests' transport with `connect` in the place of its own way to open a socket."""

    def __init__(self, connect: Callable[[str, int, Any], socket.socket]) -> None:
        self._connect = connect
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give the pools connections that open their sockets by `connect`."""
        super().init_poolmanager(*args, **kwargs)
        connect = self._connect

        class Http(urllib3.connection.HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _opened(self, connect)

        class Https(urllib3.connection.HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _opened(self, connect)

        class HttpPool(urllib3.connectionpool.HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(urllib3.connectionpool.HTTPSConnectionPool):
            ConnectionCls = Https

        self.poolmanager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}


def open_checked(settings: Settings, host: str, port: int, timeout: Any) -> socket.socket:
    """Return a socket to `host`; raise RefusedAddress when any of its addresses is not public, or OSError."""
    if host in settings.test_hosts:
        return create_connection(settings.test_hosts[host], timeout)
    addresses = settings.resolve(host, port)
    for address in addresses:
        if not is_public(address):
            raise RefusedAddress(host, address)
    failure: OSError = OSError(f"{host} has no address")
    for address in addresses[:_ADDRESSES_TRIED]:
        try:
            return create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure


def _opened(
    connection: urllib3.connection.HTTPConnection, connect: Callable[[str, int, Any], socket.socket]
) -> socket.socket:
    try:
        return connect(connection.host.strip("[]"), connection.port or 0, connection.timeout)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"{connection.host} did not answer in time") from error
    except OSError as error:
        raise NewConnectionError(connection, f"{connection.host}: {error}") from error
