# Tools and truncation, after the second example in the documentation of the provider's resource.
resource "aws_bedrockagentcore_harness" "coder" {
  harness_name       = "coder"
  execution_role_arn = "arn:aws:iam::111122223333:role/coder"

  model {
    bedrock_model_config {
      model_id    = "anthropic.claude-sonnet-4-20250514-v1:0"
      temperature = 0.7
      top_p       = 0.9
    }
  }

  system_prompt {
    text = "You write small programs."
  }

  allowed_tools   = ["*"]
  max_iterations  = 10
  max_tokens      = 4096
  timeout_seconds = 300

  tool {
    type = "inline_function"
    name = "get_tides"

    config {
      inline_function {
        description = "Tells the tides at a place"
        input_schema = jsonencode({
          type = "object"
          properties = {
            place = { type = "string", description = "Name of a port" }
          }
          required = ["place"]
        })
      }
    }
  }

  tool {
    type = "agentcore_code_interpreter"
    name = "python"
  }

  truncation {
    strategy = "sliding_window"

    config {
      sliding_window {
        messages_count = 50
      }
    }
  }
}
