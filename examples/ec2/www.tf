# www in eu-west-1: an Auto Scaling group of unikernels behind a Network Load Balancer.
# Written by `mirage publish ec2 --output terraform`; works with Terraform and OpenTofu.
#
#   tofu init && tofu apply

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "image" {
  description = "The machine image; a new one replaces the instances one after the other"
  type        = string
  default     = "ami-0123456789abcdef0"
}

variable "port" {
  description = "The TCP port that the unikernel serves"
  type        = number
  default     = 80
}

variable "instance_type" {
  description = "A type that runs on Xen: t2, m4, c4, r3, r4, i2, i3, d2, h1, x1 or x1e"
  type        = string
  default     = "t2.micro"

  validation {
    condition     = can(regex("^(t2|m4|c4|r3|r4|i2|i3|d2|h1|x1|x1e)\\.", var.instance_type)) && !endswith(var.instance_type, ".metal")
    error_message = "A unikernel boots on instance types of Xen only, and on none of bare metal."
  }
}

variable "instances" {
  description = "Fewest and most instances"
  type        = object({ min = number, max = number })
  default     = { min = 2, max = 6 }
}

variable "vpc_id" {
  description = "The network; the account's default one when null"
  type        = string
  default     = null
}

data "aws_vpc" "this" {
  id      = var.vpc_id
  default = var.vpc_id == null ? true : null
}

data "aws_subnets" "this" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.this.id]
  }
}

resource "aws_security_group" "this" {
  name_prefix = "www-"
  vpc_id      = data.aws_vpc.this.id

  # A Network Load Balancer passes the clients' own addresses on.
  ingress {
    from_port   = var.port
    to_port     = var.port
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_launch_template" "this" {
  name_prefix            = "www-"
  image_id               = var.image
  instance_type          = var.instance_type
  vpc_security_group_ids = [aws_security_group.this.id]
  update_default_version = true

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "www" }
  }
}

resource "aws_lb" "this" {
  name_prefix                      = "www-"
  load_balancer_type               = "network"
  subnets                          = data.aws_subnets.this.ids
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "this" {
  name_prefix          = "www-"
  port                 = var.port
  protocol             = "TCP"
  vpc_id               = data.aws_vpc.this.id
  deregistration_delay = 30

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = var.port
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_autoscaling_group" "this" {
  name_prefix         = "www-"
  min_size            = var.instances.min
  max_size            = var.instances.max
  vpc_zone_identifier = data.aws_subnets.this.ids
  target_group_arns   = [aws_lb_target_group.this.arn]

  # An instance that serves nobody is replaced. Unikernels are up within seconds.
  health_check_type         = "ELB"
  health_check_grace_period = 60

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 50
    }
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 60

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

output "address" {
  description = "The load balancer's name in DNS"
  value       = aws_lb.this.dns_name
}
