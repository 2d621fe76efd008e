from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_keep_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = ''
       AND (NEW.id, NEW.opener_id, NEW.person_id, NEW.field, NEW.subject, NEW.at)
           = (OLD.id, OLD.opener_id, OLD.person_id, OLD.field, OLD.subject, OLD.at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log of openings is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_openinglog_append_only BEFORE UPDATE OR DELETE ON accounts_openinglog
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_opening();
"""
BACKWARD = """
DROP TRIGGER accounts_openinglog_append_only ON accounts_openinglog;
DROP FUNCTION accounts_keep_opening();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
