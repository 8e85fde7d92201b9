"""A gateway with a policy whose condition only AgentCore evaluates: the posture, its tools and its policies."""

from __future__ import annotations

from typing import Any, Final

POSTURE: Final = """\
tfgen: 1
name: shop
harness:
  harness_name: shop
  model: { bedrock_model_config: { model_id: anthropic.claude-3-haiku-20240307-v1:0 } }
  memory: { disabled: {} }
gateways:
  refunds:
    gateway_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/refunds-abcde12345
    authorizer: jwt
    tools: { RefundTool: tools.json }
    policy_files: [policies.cedar]
    role: refunds-gateway
"""
SCOPE: Final = (
    'principal, action == AgentCore::Action::"RefundTool___pay", '
    'resource == AgentCore::Gateway::"arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/refunds-abcde12345"'
)
PERMIT: Final = (
    f'@id("agents")\npermit({SCOPE}) when {{ principal.hasTag("role") && principal.getTag("role") == "agent" }};\n'
)
CHECK: Final = 'BedrockGuardrails::PromptAttack(["JAILBREAK"], [context.input.reason])'
SCORE: Final = f'{CHECK}["JAILBREAK"].confidenceScore.greaterThan(decimal("0.4"))'
GUARDED: Final = f'@id("no_attacks")\nforbid({SCOPE})\nwhen guardrails {{\n  {SCORE} // "${{path.module}}" }}\n}};\n'
TOOLS: Final[dict[str, Any]] = {
    "tools": [
        {
            "name": "pay",
            "inputSchema": {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]},
        }
    ]
}
