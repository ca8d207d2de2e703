"""The paper: PDF, CSV and JSON for people and scripts, from an Assessment and pictures given as arrays."""
