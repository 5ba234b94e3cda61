"""What files are, judged by name and by bytes. Nothing here opens a file to run it."""
