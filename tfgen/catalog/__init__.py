"""What each AgentCore feature needs, as sheets of data, and AWS's own data to hold them against. Knows no posture."""
