"""Chinese mobile numbers as people type them, and as we keep them: eleven digits."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from core.refusals import Refused

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
BETWEEN = re.compile(r"[\s\-‐‑–—.()（）·]+")
COUNTRY = re.compile(r"(?:\+|00)86|86(?=1[3-9]\d{9}$)", re.ASCII)


class BadPhone(Refused):
    """What was typed is not a Chinese mobile number."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("请填写 11 位手机号，例如 138 1234 5678。"))


def normalise_phone(text: str) -> str:
    """Return the eleven digits of a mobile number.

    Blanks, dashes, dots, brackets, full-width digits and the country code +86, 0086 or 86 are taken away.
    The rule for the rest: 1, then 3–9, then nine digits (mobile numbering plan of mainland China).

    Raises:
        BadPhone: anything else.
    """
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    digits = COUNTRY.sub("", plain, count=1) if COUNTRY.match(plain) else plain
    if not MOBILE.fullmatch(digits):
        raise BadPhone
    return digits


def looks_like_phone(text: str) -> bool:
    """Whether the text can be read as a mobile number."""
    try:
        normalise_phone(text)
    except BadPhone:
        return False
    return True
