variable "block" {
  type = string
}

resource "aws_vpc" "this" {
  cidr_block = var.block
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.50.0.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.50.1.0/24"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table_association" "b" {
  subnet_id      = aws_subnet.b.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "sessions" {
  name   = "courier-sessions"
  vpc_id = aws_vpc.this.id

  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "database" {
  name   = "courier-database"
  vpc_id = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "to_database" {
  description                  = "Orders that are under way."
  security_group_id            = aws_security_group.sessions.id
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_sessions" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.sessions.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

output "subnet_ids" {
  value = [aws_subnet.a.id, aws_subnet.b.id]
}

output "group_id" {
  value = aws_security_group.sessions.id
}
