"""Gateways carry a text to a phone; each provider is one small class."""
