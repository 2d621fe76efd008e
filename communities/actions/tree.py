"""The tree's lock, its numbers counted anew in one statement, and rows re-keyed after a move."""

import logging
from typing import Final

from django.db import connection, transaction

from communities.models import Area, Placed
from communities.queries.tree import placed_models
from core import figures

log = logging.getLogger(__name__)

# Two numbers that nothing else in the database locks; the trigger of migration 0002 asks for the same.
TREE_LOCK: Final = (7301, 1)
REKEY_BATCH = 5_000

# The n-th area in preorder, at level d, with s areas below it, has lft = 2n - 1 - d and rght = lft + 2s + 1.
# Brothers and sisters keep their order (lft, then id); only rows that differ are written.
REBUILD = """
WITH RECURSIVE brothers AS MATERIALIZED (
    SELECT id, parent_id, row_number() OVER (PARTITION BY parent_id ORDER BY tree_id, lft, id) AS place
    FROM communities_area
),
walk (id, tree, level, places, above) AS (
    SELECT id, place, 0, ARRAY[place], ARRAY[]::bigint[] FROM brothers WHERE parent_id IS NULL
    UNION ALL
    SELECT b.id, w.tree, w.level + 1, w.places || b.place, w.above || w.id
    FROM walk w JOIN brothers b ON b.parent_id = w.id
),
below AS (SELECT a.id, count(*) AS s FROM walk, unnest(walk.above) AS a (id) GROUP BY a.id),
fresh AS (
    SELECT w.id, w.tree, w.level, COALESCE(below.s, 0) AS s,
           2 * row_number() OVER (PARTITION BY w.tree ORDER BY w.places) - 1 - w.level AS lft
    FROM walk w LEFT JOIN below ON below.id = w.id
)
UPDATE communities_area a
SET tree_id = f.tree, level = f.level, lft = f.lft, rght = f.lft + 2 * f.s + 1
FROM fresh f
WHERE a.id = f.id AND (a.tree_id, a.level, a.lft, a.rght)
      IS DISTINCT FROM (f.tree::integer, f.level, f.lft::integer, (f.lft + 2 * f.s + 1)::integer)
"""

REKEY = """
WITH RECURSIVE places (id, district_id, street_id, community_id, compound_id) AS (
    SELECT id, %(district)s::bigint, %(street)s::bigint, %(community)s::bigint, %(compound)s::bigint
    FROM communities_area WHERE id = %(top)s
    UNION
    SELECT c.id,
           CASE WHEN c.kind = 'district' THEN c.id ELSE p.district_id END,
           CASE WHEN c.kind = 'street' THEN c.id ELSE p.street_id END,
           CASE WHEN c.kind = 'community' THEN c.id ELSE p.community_id END,
           CASE WHEN c.kind = 'compound' THEN c.id ELSE p.compound_id END
    FROM communities_area c JOIN places p ON c.parent_id = p.id
),
batch AS (
    SELECT t.id, p.district_id, p.street_id, p.community_id, p.compound_id,
           t.district_id AS was_district, t.street_id AS was_street, t.community_id AS was_community,
           t.compound_id AS was_compound
    FROM {table} t JOIN places p ON p.id = t.area_id
    WHERE (t.district_id, t.street_id, t.community_id, t.compound_id)
          IS DISTINCT FROM (p.district_id, p.street_id, p.community_id, p.compound_id)
    ORDER BY t.id LIMIT %(limit)s FOR NO KEY UPDATE OF t
)
UPDATE {table} t
SET district_id = b.district_id, street_id = b.street_id, community_id = b.community_id,
    compound_id = b.compound_id
FROM batch b WHERE t.id = b.id
RETURNING t.id, b.was_district, b.was_street, b.was_community, b.was_compound
"""


def lock_tree() -> None:
    """Take the tree's lock until the transaction ends; whatever is read afterwards is fresh.

    Raises TransactionManagementError outside a transaction, where the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the tree's lock needs a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", TREE_LOCK)


def rebuild_areas() -> int:
    """Count lft, rght, level and tree_id of all areas anew from their parents; returns how many changed.

    Areas that hang in a circle are reached from no city and stay as they are: ``verify_areas`` names them.
    """
    with transaction.atomic():
        lock_tree()
        with connection.cursor() as cursor:
            # Planned for the few areas there were before an import, the statement takes minutes.
            cursor.execute("ANALYZE communities_area")
            cursor.execute(REBUILD)
            return cursor.rowcount


def rekey_placed(area: Area) -> int:
    """Write district, street, community and compound anew on all rows that lie in the subtree of ``area``.

    Every model with the base ``Placed`` is visited, 5,000 rows a transaction. Only rows that are wrong
    are touched: after an interruption, calling again goes on where it stopped. Returns the rows written.
    """
    total = 0
    for model in placed_models():
        while written := _rekey_batch(model, area):
            total += written
            log.info("%s: %s rows re-keyed below area %s", model._meta.label, total, area.pk)
            if written < REKEY_BATCH:
                break
    return total


def _rekey_batch(model: type[Placed], area: Area) -> int:
    above = {step.kind: step.pk for step in area.path()}
    given = {kind: above.get(kind) for kind in Placed.KEYED}
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REKEY.format(table=table), {**given, "top": area.pk, "limit": REKEY_BATCH})
        written = {pk: dict(zip(Placed.KEYED, ids, strict=True)) for pk, *ids in cursor.fetchall()}
        _carry_figures(model, written)
        return len(written)


def _carry_figures(model: type[Placed], written: dict[int, dict[str, int | None]]) -> None:
    """What rows count for goes with them to the places where they lie now; ``written`` has those before."""
    source = figures.source_of(model)
    if source is None or not written:
        return
    before: list[figures.Fact] = []
    after: list[figures.Fact] = []
    for row in model._default_manager.filter(pk__in=written).only(*source.fields):
        after += source.facts(row)
        for kind, place in written[row.pk].items():
            setattr(row, f"{kind}_id", place)
        before += source.facts(row)
    figures.write(before, after)
