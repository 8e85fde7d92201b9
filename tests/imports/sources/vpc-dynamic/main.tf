# A private harness with file systems; the gateways come from a list.
variable "gateway_arns" {
  type        = list(string)
  description = "The gateways whose tools the planner may call."
}

variable "private" {
  type    = bool
  default = true
}

data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

resource "aws_bedrockagentcore_harness" "planner" {
  harness_name       = "planner"
  execution_role_arn = aws_iam_role.planner.arn

  model {
    bedrock_model_config {
      model_id = "arn:aws:bedrock:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:application-inference-profile/a1b2c3d4e5f6"
    }
  }

  system_prompt {
    text = "You plan routes."
  }

  dynamic "tool" {
    for_each = var.gateway_arns

    content {
      type = "agentcore_gateway"
      name = "gateways"

      config {
        agentcore_gateway {
          gateway_arn = tool.value
        }
      }
    }
  }

  environment {
    agentcore_runtime_environment {
      network_configuration {
        network_mode = var.private ? "VPC" : "PUBLIC"

        network_mode_config {
          subnets         = module.network.private_subnets
          security_groups = [aws_security_group.sessions.id]
        }
      }

      filesystem_configuration {
        efs_access_point {
          access_point_arn = aws_efs_access_point.maps.arn
          mount_path       = "/mnt/maps"
        }
      }

      filesystem_configuration {
        session_storage {
          mount_path = "/mnt/work"
        }
      }
    }
  }

  environment_artifact {
    container_configuration {
      container_uri = "${aws_ecr_repository.planner.repository_url}:2026-11-01"
    }
  }

  lifecycle {
    ignore_changes = [tags]
  }
}
