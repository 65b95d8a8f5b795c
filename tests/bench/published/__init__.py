"""The product's `ogcapi` alone, as a project of its own on a table of the peers: what the room itself costs."""
