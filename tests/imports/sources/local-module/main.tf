# The harness is inside a module of the same repository.
module "agent" {
  source = "./modules/agent"

  name      = "night_porter"
  memory    = aws_bedrockagentcore_memory.porter.arn
  hook_arns = [aws_lambda_function.audit.arn]
}

module "alarms" {
  source  = "example/alarms/aws"
  version = "1.2.0"
}
