variable "office" {
  type = list(string)
}

variable "vpc_id" {
  type    = string
  default = "vpc-0a1b2c3d4e5f60718"
}

variable "extra_services" {
  type = set(string)
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [var.vpc_id]
  }
}

resource "aws_security_group" "agents" {
  name   = "agents"
  vpc_id = var.vpc_id

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = var.office
  }

  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }

  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group_rule" "database" {
  type                     = "egress"
  security_group_id        = aws_security_group.agents.id
  source_security_group_id = aws_security_group.database.id
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
}

resource "aws_security_group" "database" {
  name   = "database"
  vpc_id = var.vpc_id
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints"
  vpc_id = var.vpc_id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.database.id]
  }
}

data "aws_vpc_endpoint_service" "logs" {
  service = "logs"
}

resource "aws_vpc_endpoint" "logs" {
  vpc_id             = var.vpc_id
  service_name       = data.aws_vpc_endpoint_service.logs.service_name
  vpc_endpoint_type  = "Interface"
  security_group_ids = [aws_security_group.endpoints.id]
}

resource "aws_vpc_endpoint" "models" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.eu-central-1.bedrock-runtime"
  vpc_endpoint_type   = "Interface"
  security_group_ids  = [aws_security_group.agents.id]
  private_dns_enabled = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Everything", Effect = "Allow", Principal = "*", Action = "*", Resource = "*" },
    ]
  })
}

resource "aws_vpc_endpoint" "queues" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.eu-central-1.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  policy              = file("queues.json")
}

resource "aws_vpc_endpoint" "extra" {
  for_each     = var.extra_services
  vpc_id       = var.vpc_id
  service_name = "com.amazonaws.eu-central-1.${each.value}"
}
