"""Areas and what hangs on them; one file per subject."""

from accounts.models import AccountEvent, Person
from communities.models.areas import (
    AREAS,
    FREE_CODE,
    OFFICIAL_DIGITS,
    OFFICIAL_KINDS,
    PARENTS,
    Area,
    AreaEvent,
    CodePattern,
    Kind,
    Placed,
    ids_above,
)
from communities.models.homes import Building, Home, Ownership, Residency
from communities.models.organisations import (
    ORGANISATION_ROLES,
    ORGANISATIONS,
    Membership,
    Organisation,
    Role,
    RoleGrant,
)
from communities.models.settings import (
    CALENDAR,
    DUTY_HOURS,
    SWITCHES,
    CalendarDay,
    DutyHours,
    ModuleSwitch,
    ModuleSwitchLog,
    SettingChange,
)
from communities.models.standins import StandIn
from communities.models.viewing import Viewing, ViewingEnd
from core.personal import Personal, declare

__all__ = [
    "AREAS",
    "CALENDAR",
    "DUTY_HOURS",
    "FREE_CODE",
    "OFFICIAL_DIGITS",
    "OFFICIAL_KINDS",
    "ORGANISATIONS",
    "ORGANISATION_ROLES",
    "PARENTS",
    "SWITCHES",
    "AccountEvent",
    "Area",
    "AreaEvent",
    "Building",
    "CalendarDay",
    "CodePattern",
    "DutyHours",
    "Home",
    "Kind",
    "Membership",
    "ModuleSwitch",
    "ModuleSwitchLog",
    "Organisation",
    "Ownership",
    "Person",
    "Placed",
    "Residency",
    "Role",
    "RoleGrant",
    "SettingChange",
    "StandIn",
    "Viewing",
    "ViewingEnd",
    "ids_above",
]  # fmt: skip

declare(
    Area,
    plain=(
        "code", "name", "short_name", "former_codes", "valid_from", "valid_until", "lat", "lng", "boundary",
        "duty_phone",
    ),
)  # fmt: skip
declare(AreaEvent, plain=("before", "after", "reason"))
declare(CodePattern, plain=("pattern", "words"))
declare(Building, plain=("name",))
declare(Home, plain=("unit", "room", "floor_area"))
declare(Ownership, plain=("valid_from", "valid_until"))
declare(
    Residency,
    fields={
        "end_reason": Personal(
            "text", "why a residency ended", keep_days=1095, after="the residency ended", whose="the resident"
        )
    },
)
declare(Organisation, plain=("name", "duty_phone"))
declare(Membership, plain=("position", "valid_from", "valid_until"))
declare(
    RoleGrant,
    fields={"end_reason": Personal("text", "why a role was taken back", keep_days=1095, after="the role ended")},
)
declare(
    StandIn,
    fields={"reason": Personal("text", "why somebody was away", keep_days=1095, after="the stand-in ended")},
    plain=("valid_from", "valid_until"),
)
declare(Viewing, plain=("role",))
declare(ViewingEnd)
declare(ModuleSwitch, plain=("module", "options"))
declare(ModuleSwitchLog, plain=("module", "before", "after"))
declare(CalendarDay, plain=("date", "note"))
declare(DutyHours)
declare(SettingChange, plain=("subject", "before", "after"))
