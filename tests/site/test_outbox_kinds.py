"""Every kind that is put has a handler, and every notice tells of a kind that is put."""

import re

from core import outbox
from core.notices import notice_kinds
from tests.site.ground import sources

OURS = [kind for kind in outbox.kinds if not kind.startswith("things.")]


def test_every_kind_has_a_handler():
    assert [kind for kind in OURS if not outbox.handlers_of(kind)] == []


def test_every_notice_is_about_a_kind():
    assert [kind for kind in notice_kinds if kind not in outbox.kinds] == []


def test_every_kind_is_put_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in sources())
    assert [kind for kind in OURS if len(re.findall(re.escape(f'"{kind}"'), text)) < 2] == []
