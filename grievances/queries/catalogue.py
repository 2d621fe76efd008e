"""Categories as forms and lists need them."""

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from communities.roles import Role
from grievances.models import Category, Organisation, Tier


def main_categories() -> QuerySet[Category]:
    """The main categories, with their subs."""
    return Category.objects.filter(parent=None, is_active=True).prefetch_related("subs")


def category_by_code(code: str) -> Category | None:
    """The active category with this code."""
    return Category.objects.filter(code=code, is_active=True).select_related("parent").first()


def category_by_name(name: str) -> Category | None:
    """The active sub category with this name."""
    return Category.objects.filter(name=name, is_active=True).select_related("parent").order_by("-parent", "pk").first()


def main_category_by_name(name: str) -> Category | None:
    """The active main category with this name."""
    return Category.objects.filter(name=name, parent=None, is_active=True).first()


def category_by_id(pk: int) -> Category | None:
    """A category with its main one, those switched off too."""
    return Category.objects.filter(pk=pk).select_related("parent").first()


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
