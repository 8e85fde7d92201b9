# A support agent whose tools are behind one gateway, with a guardrail on its model.
locals {
  project  = "parcel"
  region   = "eu-central-1"
  account  = "111122223333"
  gateways = "arn:aws:bedrock-agentcore:${local.region}:${local.account}:gateway"
}

resource "aws_bedrockagentcore_harness" "support" {
  harness_name       = "${local.project}_support"
  execution_role_arn = aws_iam_role.support.arn

  model {
    bedrock_model_config {
      model_id    = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
      max_tokens  = 2048
      temperature = 0.2

      additional_params = jsonencode({
        guardrailConfig = {
          guardrailIdentifier = "arn:aws:bedrock:${local.region}:${local.account}:guardrail/q1w2e3r4t5y6"
          guardrailVersion    = "4"
          trace               = "disabled"
        }
      })
    }
  }

  system_prompt {
    text = <<-EOT
      You help people find their parcels.
      Never ask for a password.
    EOT
  }

  tool {
    type = "agentcore_gateway"
    name = "parcels"

    config {
      agentcore_gateway {
        gateway_arn = "${local.gateways}/parcels-0a1b2c3d4e"
      }
    }
  }

  allowed_tools   = ["@parcels"]
  max_iterations  = 15
  timeout_seconds = var.timeout

  memory {
    disabled = true
  }

  tags = {
    team = "care"
  }
}
