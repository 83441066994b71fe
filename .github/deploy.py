"""
Put an image on App Runner and wait until it runs: `python .github/deploy.py --environment NAME --digest sha256:…`.

No part of the gate, which can only read. The whole source configuration goes back with another image in it: what is
left out of it would be emptied. https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html

Exit status 0 where the deployment succeeded, 1 where App Runner refused it, rolled it back or was not done in time,
4 for wrong usage.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from golive.environment import Environment, load
from golive.errors import SetupError

HOME = Path(__file__).resolve().parent.parent
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
UNDER_WAY = {"PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}
PATIENCE_SECONDS, PAUSE_SECONDS = 1200, 10
REFUSED, WRONG_USAGE = 1, 4


class Refused(Exception):
    """The image does not run; why, in a sentence."""


def main(arguments: list[str] | None = None) -> int:
    """Deploy what is named; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--environment", required=True, metavar="NAME")
    parser.add_argument("--digest", required=True, metavar="sha256:…")
    asked = parser.parse_args(arguments)
    try:
        environment = load(asked.environment, HOME)
        if environment.rehearsal:
            raise SetupError("the rehearsal has nothing to deploy to")
        if not DIGEST.fullmatch(asked.digest):
            raise SetupError(f"--digest {asked.digest} is no digest of an image: sha256: and 64 hexadecimal digits")
    except SetupError as exc:
        print(f"deploy: {exc}", file=sys.stderr)
        return WRONG_USAGE
    client = boto3.client("apprunner", region_name=environment.aws.region)
    try:
        deploy(client, environment, asked.digest, lambda: time.sleep(PAUSE_SECONDS))
    except (Refused, ClientError, BotoCoreError) as exc:
        print(f"deploy: {exc}", file=sys.stderr)
        return REFUSED
    print(f"{asked.digest} runs as {environment.aws.service_arn}")
    return 0


def deploy(client: Any, environment: Environment, digest: str, pause: Callable[[], None]) -> None:
    """Send the service's own source configuration back with *digest* in it, and wait; Refused where it does not run."""
    arn = environment.aws.service_arn
    source = client.describe_service(ServiceArn=arn)["Service"]["SourceConfiguration"]
    started = client.update_service(ServiceArn=arn, SourceConfiguration=changed(source, environment, digest))
    status = "PENDING"
    for _ in range(PATIENCE_SECONDS // PAUSE_SECONDS):
        listed = client.list_operations(ServiceArn=arn, MaxResults=20)["OperationSummaryList"]
        # The list is behind for a moment: what is not in it yet is under way.
        status = next((one["Status"] for one in listed if one["Id"] == started["OperationId"]), status)
        if status not in UNDER_WAY:
            break
        pause()
    if status != "SUCCEEDED":
        raise Refused(
            f"the deployment ended as {status}: read the service's deployment log; what ran before may run on"
        )


def changed(source: dict[str, Any], environment: Environment, digest: str) -> dict[str, Any]:
    """*source* with the image of that *digest*, and nothing else changed but that no push deploys by itself."""
    aws = environment.aws
    if "ImageRepository" not in source:
        raise Refused("the service is built from source code and not from an image")
    wanted = copy.deepcopy(source)
    host = f"{aws.account}.dkr.ecr.{aws.region}.amazonaws.com"
    wanted["ImageRepository"]["ImageIdentifier"] = f"{host}/{aws.repository}@{digest}"
    wanted["AutoDeploymentsEnabled"] = False  # else the next push would walk round the gate
    return wanted


if __name__ == "__main__":
    sys.exit(main())
