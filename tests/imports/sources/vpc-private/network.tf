data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  services = ["bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "monitoring", "xray", "bedrock-agentcore"]
}

resource "aws_vpc" "agents" {
  cidr_block           = "10.20.0.0/20"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each   = { a = "10.20.0.0/24", b = "10.20.1.0/24" }
  vpc_id     = aws_vpc.agents.id
  cidr_block = each.value
}

resource "aws_security_group" "sessions" {
  name        = "ledger-sessions"
  description = "Sessions of the ledger clerk"
  vpc_id      = aws_vpc.agents.id
}

resource "aws_security_group" "endpoints" {
  name        = "ledger-endpoints"
  description = "Endpoints that the ledger clerk calls"
  vpc_id      = aws_vpc.agents.id
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  security_group_id            = aws_security_group.sessions.id
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  security_group_id = aws_security_group.sessions.id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "from_sessions" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.sessions.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

data "aws_iam_policy_document" "own_account" {
  statement {
    sid       = "OwnAccount"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(local.services)
  vpc_id              = aws_vpc.agents.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = values(aws_subnet.private)[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.own_account.json
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.agents.id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
}

resource "aws_vpc_endpoint_policy" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Layers"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"
    }]
  })
}
