"""Values that the storefront's templates show."""
