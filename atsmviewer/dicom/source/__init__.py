"""Where files come from: folders, archives, the index of a disc."""
