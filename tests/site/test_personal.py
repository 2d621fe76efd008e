"""Every field that could hold something personal was looked at."""

from core import personal
from tests.site.ground import models


def test_every_text_like_field_is_declared():
    missing = {model.__name__: fields for model in models() if (fields := personal.undeclared(model))}
    assert missing == {}, "declare these with core.personal.declare at the end of models.py"


def test_every_personal_field_says_why_it_is_kept():
    for model in models():
        declared = personal.declaration(model)
        for name, field in (declared.fields if declared else {}).items():
            assert field.purpose, f"{model.__name__}.{name}"
