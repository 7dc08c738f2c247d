"""Addresses: one spelling for each page, and which machines may be asked at all."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import idna
import requests.utils

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|zarsrc", re.IGNORECASE)  # says who linked, not what is asked for
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)  # Java portals put it into every link for a new visitor
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LONGEST = 2000  # characters; longer addresses are no documents


def normalise(address: str, base: str | None = None) -> str | None:
    """Return `address` in the one spelling that documents are known by; None for what is no web address.

    Lower-case scheme and host (international names in their ASCII form), no default port, no fragment, no
    tracking or session parameters. Names and passwords in an address are refused: they are not ours to use.
    """
    text = address.strip("".join(map(chr, range(33))))
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        host, port = parts.hostname, parts.port
        if parts.scheme not in _DEFAULT_PORTS or not host or parts.username is not None or parts.password is not None:
            return None
        name = _host(host)
        path = _SESSION.sub("", parts.path) or "/"
        query = parts.query
        if _TRACKING.search(query):
            kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
            query = urlencode(kept)
        netloc = name if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"
        whole = requests.utils.requote_uri(urlunsplit((parts.scheme, netloc, path, query, "")))
    except (ValueError, UnicodeError, requests.RequestException):
        return None
    return whole if len(whole) <= _LONGEST else None


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a normalised address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet, looking through every way of wrapping an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _host(host: str) -> str:
    host = host.rstrip(".")
    if ":" in host:  # urlsplit takes the brackets off
        return f"[{ipaddress.IPv6Address(host.split('%')[0]).compressed}]"
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    if not re.fullmatch(r"[a-z0-9._-]{1,253}", host):
        raise ValueError(f"{host!r} is no host name")
    return host
