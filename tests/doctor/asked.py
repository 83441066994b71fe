"""What the twin's AWS was asked, as a policy names it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from tests.gate.sweeping import Sweep

# How a request names the service → how a policy does.
NAMES = {"monitoring": "cloudwatch"}


def told_by(sweep: Sweep) -> Any:
    """What the twin tells of what it was asked."""
    with urllib.request.urlopen(sweep.observatory.reach.detour.control, timeout=30) as answer:  # noqa: S310  # the twin's own loopback address
        return json.load(answer)


def calls(sweep: Sweep) -> set[str]:
    """Every action that was asked of the twin's AWS, as a policy names it."""
    return {f"{NAMES.get(service, service)}:{operation}" for service, operation in told_by(sweep)["calls"]}


# What an action is asked of → the parameter that names it, and the ARN that IAM holds against the policy.
HERE = "eu-west-1:324480209768"
NAMED_BY = {
    "apprunner:DescribeVpcConnector": ("VpcConnectorArn", "{}"),
    "ec2:GetManagedPrefixListEntries": ("PrefixListId", f"arn:aws:ec2:{HERE}:prefix-list/{{}}"),
    "ecr:DescribeImages": ("repositoryName", f"arn:aws:ecr:{HERE}:repository/{{}}"),
    "iam:SimulatePrincipalPolicy": ("PolicySourceArn", "{}"),
    "logs:FilterLogEvents": ("logGroupName", f"arn:aws:logs:{HERE}:log-group:{{}}:log-stream:"),
    "rds:CreateDBSnapshot": ("DBSnapshotIdentifier", f"arn:aws:rds:{HERE}:snapshot:{{}}"),
    "rds:DescribeDBInstances": ("DBInstanceIdentifier", f"arn:aws:rds:{HERE}:db:{{}}"),
    "rds:DescribeDBSnapshots": ("DBInstanceIdentifier", f"arn:aws:rds:{HERE}:db:{{}}"),
    "secretsmanager:DescribeSecret": ("SecretId", "{}"),
    "secretsmanager:GetSecretValue": ("SecretId", "{}"),
    **dict.fromkeys(
        ("apprunner:DescribeCustomDomains", "apprunner:DescribeService", "apprunner:ListOperations"),
        ("ServiceArn", "{}"),
    ),
}


def asked_on(sweep: Sweep) -> set[tuple[str, str]]:
    """Every action that was asked of the twin's AWS, and on which ARN; "*" where on none."""
    found = set()
    for service, operation, said in told_by(sweep)["asked"]:
        if not service:
            continue  # a control, which nobody signs: nobody can be granted anything for it
        action = f"{NAMES.get(service, service)}:{operation}"
        name, arn = NAMED_BY.get(action, ("", "*"))
        found.add((action, arn.format(said[name]) if name else "*"))
    return found
