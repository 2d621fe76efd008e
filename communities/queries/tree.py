"""Does the area tree hold what it must? Each check names the areas that break it, and how."""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from communities.models import Placed

NAMED_AT_MOST = 50

CHECKS: tuple[tuple[str, str], ...] = (
    (
        "its right number is not above its left, or not of the other parity",
        "SELECT id, name FROM communities_area WHERE rght <= lft OR (rght - lft) %% 2 = 0",
    ),
    (
        "it is not inside its parent",
        """SELECT c.id, c.name FROM communities_area c JOIN communities_area p ON p.id = c.parent_id
           WHERE c.tree_id <> p.tree_id OR c.lft <= p.lft OR c.rght >= p.rght""",
    ),
    (
        "its level is not one below its parent's (0 for a city)",
        """SELECT c.id, c.name FROM communities_area c LEFT JOIN communities_area p ON p.id = c.parent_id
           WHERE c.level <> COALESCE(p.level + 1, 0)""",
    ),
    (
        "the kind stored of its parent is not its parent's kind",
        """SELECT c.id, c.name FROM communities_area c LEFT JOIN communities_area p ON p.id = c.parent_id
           WHERE c.parent_kind <> COALESCE(p.kind, '')""",
    ),
    (
        "it overlaps the one before it under the same parent",
        """SELECT id, name FROM (
               SELECT id, name, lft, lag(rght) OVER (PARTITION BY parent_id ORDER BY lft) AS before
               FROM communities_area WHERE parent_id IS NOT NULL) s
           WHERE lft <= before""",
    ),
    (
        "another city has the same tree number",
        """SELECT id, name FROM (
               SELECT id, name, count(*) OVER (PARTITION BY tree_id) AS n
               FROM communities_area WHERE parent_id IS NULL) s
           WHERE n > 1""",
    ),
    (
        "its tree's numbers do not run from 1 to twice the number of areas without a gap",
        """SELECT r.id, r.name FROM communities_area r JOIN (
               SELECT tree_id, count(*) AS n, min(lft) AS low, max(rght) AS high,
                      sum(lft::bigint + rght) AS total
               FROM communities_area GROUP BY tree_id) t ON t.tree_id = r.tree_id
           WHERE r.parent_id IS NULL
             AND (t.low <> 1 OR t.high <> 2 * t.n OR t.total <> t.n * (2 * t.n + 1))""",
    ),
    (
        "it cannot be reached from a city",
        """WITH RECURSIVE down (id) AS (
               SELECT id FROM communities_area WHERE parent_id IS NULL
               UNION SELECT c.id FROM communities_area c JOIN down ON c.parent_id = down.id)
           SELECT id, name FROM communities_area WHERE id NOT IN (SELECT id FROM down)""",
    ),
)

MISPLACED = """
WITH RECURSIVE places (id, district_id, street_id, community_id, compound_id) AS (
    SELECT id, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint
    FROM communities_area WHERE parent_id IS NULL
    UNION
    SELECT c.id,
           CASE WHEN c.kind = 'district' THEN c.id ELSE p.district_id END,
           CASE WHEN c.kind = 'street' THEN c.id ELSE p.street_id END,
           CASE WHEN c.kind = 'community' THEN c.id ELSE p.community_id END,
           CASE WHEN c.kind = 'compound' THEN c.id ELSE p.compound_id END
    FROM communities_area c JOIN places p ON c.parent_id = p.id
)
SELECT a.id, a.name, count(*) FROM {table} t
JOIN places p ON p.id = t.area_id JOIN communities_area a ON a.id = t.area_id
WHERE (t.district_id, t.street_id, t.community_id, t.compound_id)
      IS DISTINCT FROM (p.district_id, p.street_id, p.community_id, p.compound_id)
GROUP BY a.id, a.name ORDER BY a.id
"""


@dataclass(frozen=True)
class Finding:
    """One area that breaks a rule of the tree, and which."""

    area_id: int
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name} (area {self.area_id}): {self.what}"


def placed_models() -> list[type[Placed]]:
    """Every concrete model whose rows lie in areas, found through the app registry."""
    return [model for model in apps.get_models() if issubclass(model, Placed) and not model._meta.proxy]


def verify_areas() -> list[Finding]:
    """Everything wrong with the tree, and rows whose stored district … compound is not their area's.

    At most 50 areas are named per rule. An empty list means that all is well.
    """
    found: list[Finding] = []
    with connection.cursor() as cursor:
        for what, sql in CHECKS:
            cursor.execute(f"{sql} ORDER BY id LIMIT %s", [NAMED_AT_MOST])
            found += [Finding(pk, name, what) for pk, name in cursor.fetchall()]
        for model in placed_models():
            cursor.execute(f"{MISPLACED.format(table=_table(model))} LIMIT %s", [NAMED_AT_MOST])
            found += [
                Finding(pk, name, f"{rows} rows of {model._meta.label} carry other places than this area's")
                for pk, name, rows in cursor.fetchall()
            ]
    return found


def _table(model: type[Placed]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
