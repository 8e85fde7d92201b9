# A clerk in a VPC that another team owns: all of it comes in by variables.
variable "vpc_id" {
  type        = string
  description = "The VPC of the platform team."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Its private subnets."
}

variable "endpoints_group_id" {
  type        = string
  description = "The security group of its endpoints."
}

variable "office_blocks" {
  type        = list(string)
  description = "Addresses of the office's own services."
  default     = ["10.40.0.0/16", "10.41.0.0/16"]
}

variable "database_group_id" {
  type        = string
  description = "The security group of the database."
}

data "aws_region" "current" {}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.current.region}.s3"
}

data "aws_vpc_endpoint" "logs" {
  vpc_id       = var.vpc_id
  service_name = "com.amazonaws.${data.aws_region.current.region}.logs"
}

resource "aws_security_group" "clerk" {
  name   = "clerk"
  vpc_id = var.vpc_id

  egress {
    description     = "The database of the clerk."
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [var.database_group_id]
  }

  egress {
    description = "Services of the office."
    from_port   = 8443
    to_port     = 8444
    protocol    = "tcp"
    cidr_blocks = var.office_blocks
  }

  egress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [data.aws_prefix_list.s3.id]
  }

  dynamic "egress" {
    for_each = { udp = "10.0.0.2/32", tcp = "10.0.0.2/32" }

    content {
      from_port   = 53
      to_port     = 53
      protocol    = egress.key
      cidr_blocks = [egress.value]
    }
  }
}

resource "aws_security_group_rule" "to_endpoints" {
  type                     = "egress"
  security_group_id        = aws_security_group.clerk.id
  source_security_group_id = var.endpoints_group_id
  from_port                = 443
  to_port                  = 443
  protocol                 = "tcp"
}

resource "aws_vpc_endpoint" "models" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.bedrock-runtime"
  vpc_endpoint_type   = "Interface"
  security_group_ids  = [var.endpoints_group_id]
  private_dns_enabled = true
}

resource "aws_bedrockagentcore_harness" "clerk" {
  harness_name       = "clerk"
  execution_role_arn = "arn:aws:iam::111122223333:role/clerk"

  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
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
          security_groups = [aws_security_group.clerk.id]
        }
      }
    }
  }
}
