"""tfgen: from one posture file to Terraform modules that grant exactly that. Knows its version, nothing else."""

__version__ = "0.1.0"
