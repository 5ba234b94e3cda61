"""What goes over the broker: calls to workers, and their answers back."""
