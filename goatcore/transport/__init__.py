"""How two devices find each other and talk in secret: handshake, channel, link, discovery.

The pure part (`noise`, `code`, `proof`, `refusal`, `handshake`, `channel`, `entrance`,
`announcement`, `reconnect`) takes and gives bytes and times; only `link`, `listener` and
`discovery` do I/O. The room knows nothing of repositories: it carries whole messages.
"""
