# The harness is inside a module that lies elsewhere.
module "agent" {
  source  = "example/agentcore-harness/aws"
  version = "~> 3.0"

  harness_name = "elsewhere"
}
