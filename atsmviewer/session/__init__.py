"""The decisions: edits, undo, and the append-only journal that keeps every one of them."""
