"""Proof 7: whatever a used feature calls or connects to can be reached, and nothing else is open.

For each feature four links are asked for: its name resolves, a route leads there, the security groups of both sides let
it pass, and an endpoint's policy lets its calls pass. What features need is read from the sheets anew; the network is
read once from the plan and once from the parsed text.
"""
