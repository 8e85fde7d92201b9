"""Tokens: what an authorizer demands of one, and whether it would be let in. Must not know postures and providers."""
