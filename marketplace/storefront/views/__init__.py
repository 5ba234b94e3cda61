"""Pages of the store: each asks a presenter and renders what it prepared."""
