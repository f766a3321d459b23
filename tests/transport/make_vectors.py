"""Writes noise_vectors.json with the `noiseprotocol` package, an independent implementation.

Run by hand, once: `python tests/transport/make_vectors.py > tests/transport/noise_vectors.json`.
The inputs of the XX handshake are those of the published test vectors of the Noise community, so
its ciphertexts are the published ones.
"""

from __future__ import annotations

import json
import sys
import warnings

from noise.connection import Keypair, NoiseConnection

KEYS = {
    "init_static": "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
    "init_ephemeral": "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    "resp_static": "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
    "resp_ephemeral": "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
}
PAYLOADS = [
    "Ludwig von Mises", "Murray Rothbard", "F. A. Hayek", "Carl Menger", "Jean-Baptiste Say",
    "Eugen Böhm von Bawerk",
]  # fmt: skip
PSK = bytes(range(32))


def main() -> None:
    warnings.simplefilter("ignore")
    vectors = []
    for psk in (None, PSK):
        name = f"Noise_XX{'psk0' if psk else ''}_25519_ChaChaPoly_SHA256"
        sides = [_side(name, "init", psk), _side(name, "resp", psk)]
        messages = []
        for number, payload in enumerate(PAYLOADS):
            side = sides[number % 2]
            plain = payload.encode("latin-1")
            if number < 3:
                sealed = bytes(side.write_message(plain))
                sides[1 - number % 2].read_message(sealed)
            else:
                sealed = side.encrypt(plain)
            messages.append({"payload": plain.hex(), "ciphertext": sealed.hex()})
        sides[1].rekey_outbound_cipher()
        rekeyed = sides[1].encrypt(b"after a rekey").hex()
        vectors.append(
            {
                "name": name,
                "prologue": b"John Galt".hex(),
                "psk": psk.hex() if psk else None,
                **KEYS,
                "messages": messages,
                "handshake_hash": sides[0].get_handshake_hash().hex(),
                "rekeyed": {"payload": b"after a rekey".hex(), "ciphertext": rekeyed},
            }
        )
    json.dump(vectors, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _side(name: str, role: str, psk: bytes | None) -> NoiseConnection:
    side = NoiseConnection.from_name(name.encode())
    if psk is not None:
        side.set_psks(psk)
    side.set_prologue(b"John Galt")
    side.set_keypair_from_private_bytes(Keypair.STATIC, bytes.fromhex(KEYS[f"{role}_static"]))
    side.set_keypair_from_private_bytes(Keypair.EPHEMERAL, bytes.fromhex(KEYS[f"{role}_ephemeral"]))
    side.set_as_initiator() if role == "init" else side.set_as_responder()
    side.start_handshake()
    return side


main()
