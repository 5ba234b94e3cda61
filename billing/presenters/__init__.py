"""What the pages of billing show, prepared."""
