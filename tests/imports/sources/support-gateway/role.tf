variable "timeout" {
  description = "Seconds that one answer may take."
  type        = number
  default     = 240
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["bedrock-agentcore.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "support" {
  name               = "parcel-support"
  path               = "/agents/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "models" {
  name = "models"
  role = aws_iam_role.support.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Models"
        Effect   = "Allow"
        Action   = ["bedrock:InvokeModel*", "bedrock:ApplyGuardrail", "bedrock:ListFoundationModels"]
        Resource = "*"
      },
      {
        Sid      = "Gateways"
        Effect   = "Allow"
        Action   = "bedrock-agentcore:InvokeGateway"
        Resource = "${local.gateways}/*"
      },
    ]
  })
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:*"]
    resources = ["arn:aws:logs:${local.region}:${local.account}:log-group:*"]
  }
}

resource "aws_iam_policy" "logs" {
  name   = "logs"
  policy = data.aws_iam_policy_document.logs.json
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.support.name
  policy_arn = aws_iam_policy.logs.arn
}
