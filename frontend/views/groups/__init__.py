"""The groups at work: who is in one, its problems, what each has promised, and its meetings."""
