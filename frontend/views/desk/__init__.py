"""The desk of a référent and of the direction."""
