"""Properties that hold whatever the study, checked from files on disk to numbers."""
