# A ledger clerk in a VPC of its own, which calls nothing but AWS.
variable "image" {
  type        = string
  description = "The image of the clerk, in a repository of ECR."
  default     = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/ledger:2026-11-01"
}

resource "aws_bedrockagentcore_harness" "ledger" {
  harness_name       = "ledger"
  execution_role_arn = "arn:aws:iam::111122223333:role/ledger"

  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
  }

  system_prompt {
    text = "You keep the ledger."
  }

  memory {
    disabled = true
  }

  environment {
    agentcore_runtime_environment {
      network_configuration {
        network_mode = "VPC"

        network_mode_config {
          subnets         = values(aws_subnet.private)[*].id
          security_groups = [aws_security_group.sessions.id]
        }
      }
    }
  }

  environment_artifact {
    container_configuration {
      container_uri = var.image
    }
  }
}
