"""From what exists to a posture: harnesses as others write them down. Reads no file; knows no YAML."""
