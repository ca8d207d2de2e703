"""The made-up patient: voxels, header values and the closed-form truth of the demonstration study."""
