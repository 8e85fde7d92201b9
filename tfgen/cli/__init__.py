"""The commands, a file each: flags in, exit code out. Nothing here knows the domain."""
