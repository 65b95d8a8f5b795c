"""The history of a concern is added to and never changed."""

from django.db import migrations


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER psq_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION psq_append_only()",
        f"DROP TRIGGER psq_append_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("accounts", "0002_append_only")]
    operations = [trigger("incidents_routing"), trigger("incidents_statuschange")]
