"""Webmail in Chromium: how each of them is operated, and what is measured of it."""
