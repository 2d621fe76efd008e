"""Reads of the communities app; one file per subject."""

from communities.queries.places import (
    COOKIE,
    COOKIE_SALT,
    FOUND_AT_MOST,
    ancestors_of,
    area_by_code,
    areas_under,
    browse,
    calendar_for,
    children_of,
    chosen_community,
    find_communities,
    free_home,
    home_community,
    home_words,
    hours_at,
    nearest_organisation,
    open_area,
    organisations_serving,
    path_between,
    path_words,
    places_to_report,
    unknown_calendar_years,
)
from communities.queries.tree import Finding, verify_areas

__all__ = [
    "COOKIE", "COOKIE_SALT", "FOUND_AT_MOST", "Finding", "ancestors_of", "area_by_code", "areas_under", "browse",
    "calendar_for",
    "children_of", "chosen_community", "find_communities", "free_home", "home_community", "home_words", "hours_at", "nearest_organisation",
    "open_area", "organisations_serving", "path_between",
    "path_words", "places_to_report", "unknown_calendar_years", "verify_areas",
]  # fmt: skip
