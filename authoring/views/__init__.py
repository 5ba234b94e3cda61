"""Pages of the author desk."""
