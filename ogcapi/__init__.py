"""Any GeoDjango QuerySet as OGC API Features, tiles and downloads, with a strict way in. Knows no domain."""
