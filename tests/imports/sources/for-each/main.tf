# Three harnesses of one shape, told by a map.
variable "model_id" {
  description = "The model that all desks use."
  type        = string
  default     = "amazon.nova-pro-v1:0"
}

locals {
  desks = {
    billing  = { tools = ["invoices"], prompt = "You answer questions about bills.", idle = 300 }
    returns  = { tools = ["returns", "stock"], prompt = "You arrange returns.", idle = 600 }
    greeting = { tools = [], prompt = "You say where to go.", idle = 120 }
  }
}

resource "aws_bedrockagentcore_gateway" "desk" {
  for_each = local.desks
  name     = each.key
}

resource "aws_bedrockagentcore_harness" "desk" {
  for_each = local.desks

  harness_name       = "desk_${each.key}"
  execution_role_arn = "arn:aws:iam::111122223333:role/desk-${each.key}"

  model {
    bedrock_model_config {
      model_id = var.model_id
    }
  }

  system_prompt {
    text = each.value.prompt
  }

  dynamic "tool" {
    for_each = each.value.tools

    content {
      type = "agentcore_gateway"
      name = tool.value

      config {
        agentcore_gateway {
          gateway_arn = aws_bedrockagentcore_gateway.desk[tool.value].gateway_arn
        }
      }
    }
  }

  environment {
    agentcore_runtime_environment {
      lifecycle_configuration {
        idle_runtime_session_timeout = each.value.idle
      }
    }
  }
}
