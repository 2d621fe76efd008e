"""Who may change the number of a resident who lost their phone and comes to the counter."""

from django.utils import timezone

from accounts.rules import counters
from communities.models import Person, Residency, Role, RoleGrant
from communities.roles import has_role, roles_anywhere

COUNTER = frozenset({Role.COMMUNITY_STAFF, Role.COMMUNITY_HEAD, Role.AREA_ADMIN})


def serves_at_counter(*, by: Person, person: Person) -> bool:
    """Whether ``by`` looks after ``person``: community staff and administrators of where they live, verified.

    The city's administrators serve everybody. Nobody else touches the number of somebody who holds a role: with it
    one could sign in with that role.
    """
    if Role.CITY_ADMIN in roles_anywhere(by):
        return True
    now = timezone.now()
    if RoleGrant.objects.filter(person=person).exclude(valid_until__lte=now).exists():
        return False
    homes = Residency.objects.filter(person=person, state=Residency.State.VERIFIED)
    return any(
        has_role(by, COUNTER, home.home.building.compound) for home in homes.select_related("home__building__compound")
    )


counters.register("communities", serves_at_counter)
