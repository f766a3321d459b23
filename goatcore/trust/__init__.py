"""Trust: who may, proven offline. Keys, sealing, the membership records and their evaluator,
invites, and the two machines of joining. Knows no items; signs and seals bytes."""
