"""The access log can be added to and read; only the purge, which says that it is one, may take rows away."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION psq_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('psq_geo.purge', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION psq_append_only()"),
        migrations.RunSQL(
            "CREATE TRIGGER psq_append_only BEFORE UPDATE OR DELETE ON accounts_accesslog"
            " FOR EACH ROW EXECUTE FUNCTION psq_append_only()",
            "DROP TRIGGER psq_append_only ON accounts_accesslog",
        ),
        # Buckets need no write-ahead log: after a crash they are simply full.
        migrations.RunSQL(
            "ALTER TABLE accounts_tokenbucket SET UNLOGGED", "ALTER TABLE accounts_tokenbucket SET LOGGED"
        ),
    ]
