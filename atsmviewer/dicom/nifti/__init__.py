"""NIfTI images and masks, and the side-cars that say what their numbers are."""
