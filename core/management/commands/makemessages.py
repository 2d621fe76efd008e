"""Collect the marked texts, also where a module that marks both for now and for later names one of the two."""

from django.core.management.commands.makemessages import Command as Collect


class Command(Collect):
    """Django's own collecting, which also knows `_l` (translated when shown) and `_now` (translated at once)."""

    xgettext_options = [*Collect.xgettext_options, "--keyword=_l", "--keyword=_now"]
