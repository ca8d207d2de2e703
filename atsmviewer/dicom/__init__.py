"""The front door: outside formats become nouns here, and back; the only room that knows pydicom."""
