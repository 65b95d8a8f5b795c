"""The account of each purge; and rows written once are truncated by nobody, changed by the purge of their owner alone."""

from django.db import migrations, models

# The word of a session is not enough: it must also be the role that owns the table.
ONLY_THE_OWNER = """
CREATE OR REPLACE FUNCTION psq_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('psq_geo.purge', true) = 'on'
    AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
  THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
ANYBODY = """
CREATE OR REPLACE FUNCTION psq_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('psq_geo.purge', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
NEVER_TRUNCATED = """
CREATE FUNCTION psq_never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the table % is never truncated', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def never_truncated(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER psq_never_truncated BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION psq_never_truncated()",
        f"DROP TRIGGER psq_never_truncated ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_browser_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(db_index=True)),
                ("finished_at", models.DateTimeField()),
                ("at", models.DateTimeField(help_text="The moment by which data was past its time.")),
                ("by", models.CharField(max_length=120)),
                ("dry_run", models.BooleanField()),
                ("counts", models.JSONField(default=dict)),
                ("failures", models.JSONField(default=dict)),
            ],
        ),
        migrations.RunSQL(ONLY_THE_OWNER, ANYBODY),
        migrations.RunSQL(NEVER_TRUNCATED, "DROP FUNCTION psq_never_truncated()"),
        migrations.RunSQL(
            "CREATE TRIGGER psq_append_only BEFORE UPDATE OR DELETE ON accounts_retentionrun"
            " FOR EACH ROW EXECUTE FUNCTION psq_append_only()",
            "DROP TRIGGER psq_append_only ON accounts_retentionrun",
        ),
        never_truncated("accounts_accesslog"),
        never_truncated("accounts_retentionrun"),
    ]
