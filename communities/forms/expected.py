"""What every form of a setting carries besides its fields."""

from django.http import HttpRequest


def expected(request: HttpRequest) -> int:
    """The number of the change that the form was drawn after; 0 where it sent none, so that it counts as stale."""
    sent = request.POST.get("expect", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 19 else 0
