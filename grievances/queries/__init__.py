"""Every read of the grievance loop; each takes the asker."""

from grievances.queries.catalogue import category_by_code, category_by_name, main_categories, main_category_by_name
from grievances.queries.holders import grid_holder, holder_words, people_holding, somebody_holding
from grievances.queries.mine import get_reported, reported_by, waiting_for
from grievances.queries.seeing import LISTED, PLACE_COLUMN, ROW, get_by_link, get_for, photo_for, visible_to
from grievances.queries.shown import (
    STEP_WORDS,
    StepView,
    actor_of_row,
    address_of,
    for_notice,
    is_late_answer,
    newest_result,
    photos_of,
    rating_of,
    steps_of,
)
from grievances.queries.work import (
    DESK_STATES,
    NEXT_DUE,
    NEXT_IS_CONTACT,
    desk_counts,
    desk_of,
    desk_places,
    filtered,
    held_by,
    queue_counts,
    to_dispatch,
    to_dispatch_count,
)

__all__ = [
    "DESK_STATES", "LISTED", "NEXT_DUE", "NEXT_IS_CONTACT", "PLACE_COLUMN", "ROW", "STEP_WORDS",
    "StepView", "actor_of_row", "address_of", "category_by_code", "category_by_name", "desk_counts",
    "desk_of", "desk_places", "filtered", "for_notice", "get_by_link", "get_for", "get_reported",
    "grid_holder", "held_by", "holder_words", "is_late_answer", "main_categories",
    "main_category_by_name", "newest_result", "people_holding", "photo_for", "photos_of", "queue_counts",
    "rating_of", "reported_by", "somebody_holding", "steps_of", "to_dispatch", "to_dispatch_count",
    "visible_to", "waiting_for",
]  # fmt: skip
