"""Terraform's language above its syntax: values, expressions, modules. Knows no provider, no plan and no posture."""
