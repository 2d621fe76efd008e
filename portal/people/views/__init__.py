"""Views of the pages of people, one file per subject."""
