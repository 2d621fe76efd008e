"""Categories as forms and lists need them."""

from django.db.models import QuerySet

from grievances.models import Category


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
