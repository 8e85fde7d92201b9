# A scout that opens web pages, in a network that grew over the years.
variable "office" {
  type        = list(string)
  description = "Addresses of the office."
}

module "network" {
  source = "./network"
  office = var.office
}

resource "aws_bedrockagentcore_harness" "scout" {
  harness_name       = "scout"
  execution_role_arn = "arn:aws:iam::111122223333:role/scout"

  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
  }

  system_prompt {
    text = "You look things up."
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
          subnets         = module.network.subnet_ids
          security_groups = [module.network.group_id]
        }
      }
    }
  }
}
