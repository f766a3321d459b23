"""Addresses as people type them. Pure."""

from __future__ import annotations

from ipaddress import IPv6Address

from goatcore.errors import LocalMisuse
from goatcore.transport.listener import DEFAULT_PORT


def parse_address(text: str) -> tuple[str, int]:
    """“host”, “host:port”, “[v6]:port”, “v6”. Raises `LocalMisuse`."""
    text = text.strip()
    host, port = text, str(DEFAULT_PORT)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.lstrip(":") or port
    elif text.count(":") == 1:
        host, port = text.split(":")
    if (
        not host
        or not (port.isascii() and port.isdigit() and len(port) <= 5)
        or not 0 < int(port) < 65_536
        or any(letter.isspace() or letter in "/@" for letter in host)
        or (":" in host and not _is_v6(host))
    ):
        raise LocalMisuse(
            f"“{text[:60]}” is not an address like 192.168.1.20 or 192.168.1.20:4628."
        )
    return host, int(port)


def _is_v6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
