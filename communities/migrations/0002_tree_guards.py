"""What Django cannot say: kinds held by composite foreign keys, structure written under the tree's lock only."""

from django.db import migrations

from core.history import append_only_sql

PAIRS = """
ALTER TABLE communities_area ADD CONSTRAINT area_parent_and_kind
    FOREIGN KEY (parent_id, parent_kind) REFERENCES communities_area (id, kind) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE communities_building ADD CONSTRAINT building_compound_and_kind
    FOREIGN KEY (compound_id, compound_kind) REFERENCES communities_area (id, kind);
"""
NO_PAIRS = """
ALTER TABLE communities_building DROP CONSTRAINT building_compound_and_kind;
ALTER TABLE communities_area DROP CONSTRAINT area_parent_and_kind;
"""

# The two numbers are those of communities/actions/tree.py (TREE_LOCK).
LOCKED = """
CREATE FUNCTION communities_tree_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND classid = 7301 AND objid = 1 AND objsubid = 2
          AND pid = pg_backend_pid() AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) THEN
        RAISE EXCEPTION 'the area tree is written through communities.actions only'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER communities_area_locked
    BEFORE INSERT OR DELETE OR UPDATE OF parent_id, parent_kind, kind, lft, rght, tree_id, level
    ON communities_area FOR EACH STATEMENT EXECUTE FUNCTION communities_tree_locked();
"""
NOT_LOCKED = """
DROP TRIGGER communities_area_locked ON communities_area;
DROP FUNCTION communities_tree_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("communities", "0001_areas"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(PAIRS, NO_PAIRS),
        migrations.RunSQL(LOCKED, NOT_LOCKED),
        migrations.RunSQL(*append_only_sql("communities_areaevent")),
        migrations.RunSQL(*append_only_sql("communities_moduleswitchlog")),
    ]
