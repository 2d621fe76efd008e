"""What the inbox holds of a person."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _l

from core.exports import Exporter, Table, exports
from notifications import queries
from notifications.models import Person

AT_MOST = 5000


def _tables(person: Person) -> Iterator[Table]:
    yield Table(
        "messages", _l("收到的消息"),
        {"title": _l("标题"), "body": _l("内容"), "at": _l("时间"), "read_at": _l("打开时间")},
        ({"title": message.title, "body": message.body, "at": message.at, "read_at": message.read_at}
         for message in queries.inbox(person).order_by("-at", "-id")[:AT_MOST]),
    )  # fmt: skip


exports.register("notifications", Exporter(label=_l("消息"), tables=_tables))
