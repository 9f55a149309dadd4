"""Bounds: what hostile input must not do (docs/security.md). Each module lists its attacks in `ATTACKS`."""
