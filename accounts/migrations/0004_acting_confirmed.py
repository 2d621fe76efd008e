from django.db import migrations

FORWARD = """
UPDATE accounts_actingfor SET confirmed_at = valid_from WHERE confirmed_at IS NULL;
CREATE FUNCTION accounts_keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason IN ('', OLD.reason) AND NEW.sendable IN ('', OLD.sendable)
       AND (NEW.id, NEW.person_id, NEW.what, NEW.by_id, NEW.at)
           = (OLD.id, OLD.person_id, OLD.what, OLD.by_id, OLD.at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log of accounts is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_accountevent_append_only BEFORE UPDATE OR DELETE ON accounts_accountevent
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_event();
"""
BACKWARD = """
DROP TRIGGER accounts_accountevent_append_only ON accounts_accountevent;
DROP FUNCTION accounts_keep_event();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_own_accounts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
