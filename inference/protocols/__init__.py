"""Wire forms of predictions that several doors share."""
