"""The Terraform language as text: a syntax tree, a printer and a reader. Knows no AWS word."""
