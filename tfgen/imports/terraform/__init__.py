"""Harnesses and roles out of Terraform files: what can be told without Terraform. Reads no file itself."""
