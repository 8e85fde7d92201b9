"""What the operating system does to a run: interrupts, and work in several processes. Knows nothing of the work."""
