# The Cloud Control provider writes mappings where the other one has blocks.
resource "awscc_bedrockagentcore_harness" "clerk" {
  harness_name       = "clerk"
  execution_role_arn = awscc_iam_role.clerk.arn

  model = {
    gemini_model_config = {
      model_id    = "gemini-2.5-flash"
      api_key_arn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/apikeycredentialprovider/gemini"
      top_k       = 40
    }
  }

  system_prompt = [{ text = "You file what comes in." }]

  tools = [
    {
      type = "remote_mcp"
      name = "archive"
      config = {
        remote_mcp = {
          url     = "https://archive.example.com/mcp"
          headers = { "X-Desk" = "clerk" }
        }
      }
    },
  ]

  memory = {
    managed_memory_configuration = {
      strategies            = ["SEMANTIC", "SUMMARIZATION"]
      event_expiry_duration = 90
    }
  }

  tags = [
    { key = "team", value = "archive" },
    { key = "stage", value = "live" },
  ]
}
