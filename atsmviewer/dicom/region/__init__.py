"""Files that hold regions: contours and segmentations of other programs."""
