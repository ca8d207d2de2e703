"""What lies on a disk before anything of it is parsed: names, sizes, room in memory, what is no DICOM."""
