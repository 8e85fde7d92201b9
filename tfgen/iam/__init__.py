"""The language of IAM policies: statements, texts with unknowns in them, sizes. Knows no Terraform and no AgentCore."""
