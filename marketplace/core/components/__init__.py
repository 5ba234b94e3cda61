"""Component tags by kind; ``templatetags.ui`` offers all of them to templates."""
