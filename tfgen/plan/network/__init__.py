"""The network around a harness: which endpoints, rules and ways out its features need. Knows no Terraform."""
