"""atsmviewer reads and measures Cu-ATSM hypoxia PET/CT; the nouns are in ``atsmviewer.model``."""

__version__ = "0.1.0"
