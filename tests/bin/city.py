"""The small city of the cast, in a database of its own (python -m tests.bin.city)."""

import django

django.setup()

from tests.cast import gather  # noqa: E402

gather()
