"""The terminal: verbs for people, scripts and clusters, from the same Assessment as the window."""
