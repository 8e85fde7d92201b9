output "group_id" {
  value = aws_security_group.agents.id
}

output "subnet_ids" {
  value = data.aws_subnets.private.ids
}
