"""The checkpoint beside a log: what was computed from the log, laid out to be read in part.

`reading.open_checkpoint` authenticates a header and a directory, whatever the size of the file;
sections (`rows`, `fixed`, `lookup`, values) then read one sealed block at a time. `writing.write`
makes the next file, copying what did not change byte for byte; `writing.install` puts it in place.
Knows names, bytes and MessagePack: neither commits nor items. Rebuildable: whatever is wrong with a
checkpoint, the answer is to drop it and to read the log (FORMATS.md section 7).
"""
