"""The demo city: Yaodu with its real streets and communities; everything below them is invented."""
