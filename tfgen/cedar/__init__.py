"""The language of gateway policies: tools, schemas, statements, decisions. Knows no posture, no catalog, no Terraform.

The engine is Cedar's own (https://docs.cedarpolicy.com), through `cedarpy`, which only this floor imports. What
AgentCore adds to the language, its entity types, groups of actions and limits, stands in `agentcore.toml`.
"""
