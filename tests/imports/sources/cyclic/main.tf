locals {
  first  = "${local.second}-a"
  second = "${local.third}-b"
  third  = local.first
}

resource "aws_bedrockagentcore_harness" "ring" {
  harness_name       = local.first
  execution_role_arn = aws_iam_role.ring.arn

  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
  }
}
