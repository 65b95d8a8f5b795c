"""The steps of a draft are written once: truncated by nobody, as every other history."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sectors", "0017_citizen_watch"), ("accounts", "0004_retention")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER psq_never_truncated BEFORE TRUNCATE ON sectors_draftstep"
            " FOR EACH STATEMENT EXECUTE FUNCTION psq_never_truncated()",
            "DROP TRIGGER psq_never_truncated ON sectors_draftstep",
        )
    ]
