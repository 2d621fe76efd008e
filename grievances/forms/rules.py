"""A dispatch rule: what it is for and who gets it; and trying the rules out."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities import queries as places
from communities.roles import Role
from grievances import queries, routing
from grievances.models import Area, Category, Hours, Organisation, Person, Tier, Urgency

TARGET_ROLES = (Role.GRID_WORKER, Role.DISPATCHER, Role.COMMUNITY_HEAD, Role.STREET_OFFICIAL, Role.DISTRICT_OFFICIAL)
PICK = {"required": _("请选一个。"), "invalid_choice": _("请从名单里选一个。")}
TRIED_PLACES = 300


def category_choices(*, first: str, mains: bool) -> list[tuple[str, Any]]:
    """Categories in use, grouped by main category; with ``mains`` the whole group can be chosen too."""
    groups: list[tuple[str, Any]] = [("", first)]
    for main in queries.main_categories():
        subs = [(str(sub.pk), sub.name) for sub in main.subs.all() if sub.is_active]
        whole = [(str(main.pk), _now("%(main)s（整类）") % {"main": main.name})] if mains else []
        groups.append((main.name, [*whole, *subs]))
    return groups


class RuleForm(forms.Form):
    """The conditions and the receiver of a rule at an area; what is chosen already is always offered.

    ``plain`` is for the catch-all, of which only the receiver can be chosen.
    """

    category = forms.ChoiceField(label=_("哪类诉求"), required=False, error_messages=PICK)
    tier = forms.ChoiceField(
        label=_("哪一级"), required=False, choices=[("", _("不论")), *Tier.choices], widget=forms.RadioSelect,
        error_messages=PICK,
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("多急"), required=False, choices=[("", _("不论")), *Urgency.choices], widget=forms.RadioSelect,
        error_messages=PICK,
    )  # fmt: skip
    hours = forms.ChoiceField(
        label=_("什么时间报的"), required=False, choices=[("", _("不论")), *Hours.choices], widget=forms.RadioSelect,
        error_messages=PICK, help_text=_("工作时间按当地的值班时间和节假日算。"),
    )  # fmt: skip
    target = forms.ChoiceField(label=_("派给"), error_messages=PICK)
    at_once = forms.BooleanField(
        label=_("不用等派单员，直接派出"), required=False, help_text=_("报的人选了这一类时，一报上来就派出去。")
    )

    def __init__(
        self, *args: Any, area: Area, kept: list[tuple[str, str, str]] | None = None, plain: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people: dict[str, Person] = {f"person:{one.pk}": one for one in places.people_within(area)}
        self._bodies: dict[str, Organisation] = {
            f"organisation:{one.pk}": one for one in places.organisations_within(area)
        }
        self.fields["category"].choices = category_choices(first=_now("各类诉求"), mains=True)
        self.fields["target"].choices = [
            (_now("岗位"), [(f"role:{role.value}", str(role.label)) for role in TARGET_ROLES]),
            (
                _now("最近的单位"),
                [(f"kind:{kind}", str(words)) for kind, words in Organisation.OrganisationKind.choices],
            ),
            (_now("指定单位"), [(code, body.name) for code, body in self._bodies.items()]),
            (_now("指定人员"), [(code, str(person)) for code, person in self._people.items()]),
        ]
        if plain:
            self.fields = {"target": self.fields["target"]}
        for field, code, words in kept or ():
            if not self.fields[field].valid_value(code):
                self.fields[field].choices = [*self.fields[field].choices, (code, words)]

    def chosen_category(self) -> Category | None:
        """The category chosen, None for any."""
        sent = self.cleaned_data.get("category")
        return queries.category_by_id(int(sent)) if sent else None

    def conditions(self) -> dict[str, Any]:
        """Tier, urgency, hours and "at once" as the actions take them."""
        said = self.cleaned_data
        return {name: said.get(name, "") for name in ("tier", "urgency", "hours")} | {
            "at_once": said.get("at_once", False)
        }

    def chosen_target(self) -> Person | Organisation | str:
        """The receiver as the actions take it; the code itself where it is a role, a kind, or unchanged."""
        code: str = self.cleaned_data["target"]
        return self._people.get(code) or self._bodies.get(code) or code


class TryForm(forms.Form):
    """A place and a category to try the rules on."""

    place = forms.TypedChoiceField(label=_("在哪里"), coerce=int, error_messages=PICK)
    try_category = forms.ChoiceField(label=_("哪类诉求"), required=False, error_messages=PICK)
    try_urgency = forms.ChoiceField(label=_("多急"), required=False, choices=Urgency.choices, error_messages=PICK)
    try_tier = forms.ChoiceField(
        label=_("哪一级"), required=False, choices=[("", _("按类别")), *Tier.choices], error_messages=PICK
    )
    try_hours = forms.ChoiceField(
        label=_("什么时间报的"), required=False, choices=[("", _("现在")), *Hours.choices], error_messages=PICK
    )

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {each.pk: each for each in places.areas_under(area)[:TRIED_PLACES]}
        self.fields["place"].choices = [
            (each.pk, "　" * (each.level - area.level) + each.name) for each in self.places.values()
        ]
        self.fields["try_category"].choices = category_choices(first=_now("没选类别"), mains=False)

    def asked(self) -> routing.Asked:
        """What the rules are to be asked."""
        said = self.cleaned_data
        category = queries.category_by_id(int(said["try_category"])) if said["try_category"] else None
        asked = routing.asked_at(
            self.places[said["place"]], category, urgency=said["try_urgency"] or Urgency.NORMAL, tier=said["try_tier"]
        )
        return replace(asked, in_hours=said["try_hours"] == Hours.IN) if said["try_hours"] else asked
