"""What the pages of the communities app check of what a browser sent; one file per subject."""
