"""Categories as forms and lists need them."""

from django.db.models import Prefetch
from django.http import Http404

from communities.roles import Role
from grievances.models import CATALOGUE, Category, Organisation, Tier


def main_categories() -> list[Category]:
    """The main categories in use, with their subs (those out of use too)."""
    return CATALOGUE.get().mains


def category_by_code(code: str) -> Category | None:
    """The active category with this code."""
    found = CATALOGUE.get().by_code.get(code)
    return found if found is not None and found.is_active else None


def category_by_name(name: str) -> Category | None:
    """The active sub category with this name."""
    return Category.objects.filter(name=name, is_active=True).select_related("parent").order_by("-parent", "pk").first()


def main_category_by_name(name: str) -> Category | None:
    """The active main category with this name."""
    return Category.objects.filter(name=name, parent=None, is_active=True).first()


def category_by_id(pk: int) -> Category | None:
    """A category with its main one, those switched off too."""
    return CATALOGUE.get().by_id.get(pk)


def category_subject(pk: int) -> str:
    """How a category is named among the changes of settings."""
    return f"category:{pk}"


def whole_catalogue() -> list[Category]:
    """Every main category with its subs, those switched off too, in order; two queries."""
    subs = Prefetch("subs", Category.objects.order_by("order", "pk"))
    return list(Category.objects.filter(parent=None).prefetch_related(subs).order_by("order", "pk"))


def category_or_404(pk: int) -> Category:
    """A category with its main one; raises Http404."""
    found = category_by_id(pk)
    if found is None:
        raise Http404
    return found


def handler_names() -> dict[str, str]:
    """Whom a category can name as its handler, by code."""
    kinds = {value: str(label) for value, label in Organisation.OrganisationKind.choices}
    return {value: str(label) for value, label in Role.choices} | kinds


def tier_names() -> dict[str, str]:
    """The tiers by code."""
    return {value: str(label) for value, label in Tier.choices}
