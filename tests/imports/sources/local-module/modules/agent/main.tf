variable "name" { type = string }

variable "memory" {
  type        = string
  description = "The memory in which the porter keeps what guests like."
}

variable "hook_arns" { type = list(string) }

variable "boundary" {
  type    = string
  default = null
}

resource "aws_iam_role" "this" {
  permissions_boundary = var.boundary
  assume_role_policy   = "{}"
}

resource "aws_bedrockagentcore_harness" "this" {
  harness_name       = var.name
  execution_role_arn = aws_iam_role.this.arn

  model {
    openai_model_config {
      model_id    = "gpt-5"
      api_key_arn = data.aws_bedrockagentcore_api_key_credential_provider.openai.arn
    }
  }

  system_prompt {
    text = file("${path.module}/prompt.md")
  }

  memory {
    agentcore_memory_configuration {
      arn            = var.memory
      messages_count = 20

      retrieval_config {
        map_block_key   = "/guests/{actorId}"
        top_k           = 5
        relevance_score = 0.4
      }
    }
  }

  skill {
    s3 {
      uri = "s3://porter-skills/hotel/"
    }
  }
}
