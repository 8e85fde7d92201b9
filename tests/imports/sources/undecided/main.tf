# How many there are is known only when Terraform runs.
variable "tenants" {
  type = map(object({ model = string }))
}

resource "aws_bedrockagentcore_harness" "tenant" {
  for_each = var.tenants

  harness_name       = each.key
  execution_role_arn = aws_iam_role.tenant[each.key].arn

  model {
    bedrock_model_config {
      model_id = each.value.model
    }
  }

  system_prompt {
    text = "You serve one tenant."
  }
}
