"""The window: the only room that knows Qt; shows the nouns and turns gestures into edits."""
