"""What is held of where a person lives and what they are there."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _l

from communities.models import Membership, Ownership, Person, Residency, RoleGrant
from core.exports import Exporter, Table, exports

SINCE, UNTIL = _l("从什么时候"), _l("到什么时候")


def _tables(person: Person) -> Iterator[Table]:
    homes = Residency.objects.filter(person=person).select_related("home__building__compound").order_by("pk")
    yield Table(
        "residencies", _l("我住在哪里"),
        {"compound": _l("小区"), "home": _l("房屋"), "kind": _l("身份"), "state": _l("状态"), "asked_at": _l("申请时间"),
         "verified_at": _l("核实时间"), "ended_at": _l("结束时间"), "end_reason": _l("结束原因")},
        ({"compound": row.home.building.compound.name, "home": str(row.home), "kind": row.get_kind_display(),
          "state": row.get_state_display(), "asked_at": row.asked_at, "verified_at": row.verified_at,
          "ended_at": row.ended_at, "end_reason": row.end_reason} for row in homes),
    )  # fmt: skip
    owned = Ownership.objects.filter(person=person).select_related("home__building__compound").order_by("pk")
    yield Table(
        "ownerships", _l("我的产权"),
        {"compound": _l("小区"), "home": _l("房屋"), "share": _l("份额"), "since": SINCE, "until": UNTIL},
        ({"compound": row.home.building.compound.name, "home": str(row.home),
          "share": f"{row.share_num}/{row.share_den}", "since": row.valid_from, "until": row.valid_until}
         for row in owned),
    )  # fmt: skip
    yield from _belonging(person)


def _belonging(person: Person) -> Iterator[Table]:
    grants = RoleGrant.objects.filter(person=person).select_related("area", "organisation").order_by("pk")
    yield Table(
        "roles", _l("我的工作身份"),
        {"role": _l("身份"), "place": _l("在哪里"), "since": SINCE, "until": UNTIL},
        ({"role": row.get_role_display(), "place": str(row.area or row.organisation), "since": row.valid_from,
          "until": row.valid_until} for row in grants),
    )  # fmt: skip
    rolls = Membership.objects.filter(person=person).select_related("organisation").order_by("pk")
    yield Table(
        "memberships", _l("我参加的组织"),
        {"organisation": _l("组织"), "position": _l("职务"), "since": SINCE, "until": UNTIL},
        ({"organisation": row.organisation.name, "position": row.position, "since": row.valid_from,
          "until": row.valid_until} for row in rolls),
    )  # fmt: skip


exports.register("communities", Exporter(label=_l("住处与身份"), tables=_tables))
