"""The demo world: real models, sold by fictional organizations, made through services only."""
