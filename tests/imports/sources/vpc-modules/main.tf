# An agent and its network in modules of their own: what one makes, the other is given.
module "network" {
  source = "./network"
  block  = "10.50.0.0/20"
}

module "agent" {
  source     = "./agent"
  subnet_ids = module.network.subnet_ids
  group_id   = module.network.group_id
}
