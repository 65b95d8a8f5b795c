"""The citizen watch is drawn on the map: a change of it is a change of the map."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sectors", "0021_asked_by")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER psq_map_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sectors_citizenwatch"
            " FOR EACH STATEMENT EXECUTE FUNCTION psq_map_changed()",
            "DROP TRIGGER psq_map_changed ON sectors_citizenwatch",
        )
    ]
