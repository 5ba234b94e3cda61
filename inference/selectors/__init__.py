"""Every shaped read of inference."""
