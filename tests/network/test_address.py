"""Addresses as people type them."""

from __future__ import annotations

import pytest

from goatcore import GoatError
from goatcore.network.address import parse_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.20", ("192.168.1.20", 4628)),
        (" kitchen.local:4630 ", ("kitchen.local", 4630)),
        ("[fe80::1%eth0]:4630", ("fe80::1%eth0", 4630)),
        ("fe80::1", ("fe80::1", 4628)),
    ],
)
def test_an_address_with_or_without_its_port(typed, meant):
    assert parse_address(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", ":4628", "a:b", "a:0", "a:65536", "a:٣", "a:" + "9" * 5000, "a b", "http://a/", "a:b:c"],
)
def test_what_is_none_is_refused_with_an_example(typed):
    with pytest.raises(GoatError, match=r"is not an address like 192\.168\.1\.20"):
        parse_address(typed)
