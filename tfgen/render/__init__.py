"""From a plan to the files of Terraform modules. Reads the plan only; knows no posture and no disk."""
