"""Every step of the five runbooks, as it is handed over to who reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from golive.diagnosis.papers import Step, load_runbooks
from golive.diagnosis.remedy import Action, Observed, action
from golive.environment import Environment, load

HOME = Path(__file__).parents[2]
PAPERS = load_runbooks(HOME / "features")
PRODUCTION, REHEARSAL = load("production", HOME), load("rehearsal", HOME)
STEPS = {f"{name}-{number}": step for name, paper in PAPERS.items() for number, step in enumerate(paper.steps, 1)}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def arn(setting: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:324480209768:secret:drop/production/{setting}-aB3dE6"


EVERYTHING = Observed(
    secrets={
        **{
            f"{who}_CLIENT_{what}": arn(f"{who}_{what}")
            for who in ("BANKID", "NEONOMICS", "SWAN")
            for what in ("ID", "SECRET")
        },
        **{f"SUMSUB_{what}": arn(f"SUMSUB_{what}") for what in ("APP_TOKEN", "SECRET_KEY", "WEBHOOK_SECRET")},
    },
    vpc_connector="arn:aws:apprunner:eu-west-1:324480209768:vpcconnector/drop-vpc/1/4b0d2c9c6f5e4f5f8c3b7d1a2e9f6a10",
    connector_groups=("sg-0c02a9d41e6b8f357",),
    connector_subnets=("subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"),
    users_key="id",
    webhook_path="/api/kyc/webhook",
    since=NOW,
)


def act(step: Step, environment: Environment = REHEARSAL, observed: Observed = EVERYTHING) -> Action:
    return action(step, environment, observed)
