"""The pages of the editions of the map, for the direction and the local administrator."""
