# The basic use in the documentation of the provider's resource, told anew.
data "aws_iam_policy_document" "assume_role" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["bedrock-agentcore.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "example" {
  name               = "harness-role"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "example" {
  role = aws_iam_role.example.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
      Resource = "*"
    }]
  })
}

resource "aws_bedrockagentcore_harness" "example" {
  harness_name       = "documented_harness"
  execution_role_arn = aws_iam_role.example.arn

  model {
    bedrock_model_config {
      model_id = "anthropic.claude-sonnet-4-20250514-v1:0"
    }
  }

  system_prompt {
    text = "You are of help."
  }
}
