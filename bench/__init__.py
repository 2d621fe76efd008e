"""Measuring: a generated city of many cases, and how fast the portal is in it."""
