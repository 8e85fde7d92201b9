variable "subnet_ids" {
  type = list(string)
}

variable "group_id" {
  type = string
}

resource "aws_bedrockagentcore_harness" "this" {
  harness_name       = "courier"
  execution_role_arn = "arn:aws:iam::111122223333:role/courier"

  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
  }

  tool {
    type = "agentcore_browser"
    name = "pages"
  }

  memory {
    disabled = true
  }

  environment {
    agentcore_runtime_environment {
      network_configuration {
        network_mode = "VPC"

        network_mode_config {
          subnets         = var.subnet_ids
          security_groups = [var.group_id]
        }
      }
    }
  }
}
