"""Checking: whether what is on disk is whole, signed and consistent. Reads only, locks nothing."""
