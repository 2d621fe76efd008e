"""Pages of the communities app; one file per subject."""
