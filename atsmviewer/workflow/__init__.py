"""The stairs: the order of things, workshop to workshop."""
