"""Every change of what the atlas holds in memory counts the map's version up, whoever makes it."""

from django.db import migrations

TABLES = [
    "sectors_territory",
    "sectors_unit",
    "sectors_post",
    "sectors_holding",
    "sectors_commune",
    "sectors_competence",
    "sectors_publicplace",
    "sectors_edition",
    "sectors_sector",
    "sectors_borderagreement",
    "sectors_category",
    "sectors_categoryrule",
    "sectors_partner",
    "sectors_partnershipgroup",
]
FUNCTION = """
CREATE FUNCTION psq_map_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sectors_mapversion (id, number) VALUES (1, 1)
  ON CONFLICT (id) DO UPDATE SET number = sectors_mapversion.number + 1;
  RETURN NULL;
END $$
"""


def trigger(table: str, events: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER psq_map_changed AFTER {events} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION psq_map_changed()",
        f"DROP TRIGGER psq_map_changed ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("sectors", "0001_initial"), ("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION psq_map_changed()"),
        *[trigger(table, "INSERT OR UPDATE OR DELETE OR TRUNCATE") for table in TABLES],
        # The holders' names; not the column that every sign-in writes.
        trigger("accounts_user", "UPDATE OF name, email, phone, is_active"),
    ]
