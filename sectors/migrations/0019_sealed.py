"""The sectors of an edition that a file brought are sealed as those of an approved one, from the day it begins."""

from django.db import migrations, models

# Of an edition that a person approved nothing is changed. Of one from a file a name or a source is put right
# (`sectors.changes.editions`): that changes neither where a sector is nor who answers for it.
SEALED = """
CREATE OR REPLACE FUNCTION psq_edition_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sectors_edition
      WHERE id IN (OLD.edition_id, NEW.edition_id) AND approved_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the sectors of an approved edition are never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM sectors_edition
      WHERE id IN (OLD.edition_id, NEW.edition_id) AND sealed_at <= statement_timestamp()) THEN
    IF TG_OP <> 'UPDATE' OR (OLD.edition_id, OLD.code, OLD.kind, OLD.commune_id, OLD.post_id, OLD.priority)
        IS DISTINCT FROM (NEW.edition_id, NEW.code, NEW.kind, NEW.commune_id, NEW.post_id, NEW.priority)
        OR ST_AsBinary(OLD.area) IS DISTINCT FROM ST_AsBinary(NEW.area) THEN
      RAISE EXCEPTION 'the sectors of an edition in force are never changed' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION psq_edition_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sectors_edition
      WHERE id IN (OLD.edition_id, NEW.edition_id) AND approved_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the sectors of an approved edition are never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("sectors", "0018_steps_never_truncated")]

    operations = [
        migrations.AddField(model_name="edition", name="sealed_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE sectors_edition SET sealed_at = lower(validity) WHERE validity IS NOT NULL AND approved_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(SEALED, BEFORE),
    ]
