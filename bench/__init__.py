"""Speed and memory, measured on a store that runs: ``make bench``."""
