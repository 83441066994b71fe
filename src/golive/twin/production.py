"""Drop's AWS account as it should be: production on the day of a launch that may go ahead."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from golive.twin.applicationlog import chatter, since_launch
from golive.twin.apprunner import CustomDomain, Operation, Service, ValidationRecord
from golive.twin.cloud import (
    ACCOUNT,
    APP_STREAM,
    CONNECTOR_GROUP,
    DATABASE_GROUP,
    DATABASE_HOST,
    DEPLOY_ROLE,
    FLAGS,
    LOG_GROUP,
    PARTNERS,
    PRE_LAUNCH,
    PREVIOUS_COMMIT,
    PRODUCTION_TAG,
    PUBLIC_GROUP,
    REGION,
    SECRETS_FOLDER,
    SERVICE_HOST,
    SERVICE_ID,
    SERVICE_NAME,
    Cloud,
    Image,
    Instance,
    Line,
    LogStream,
    PrefixList,
    Rule,
    Secret,
    SecurityGroup,
    Snapshot,
    digest_of,
    image_of,
    secret_arn,
)
from golive.twin.iam import Role, Statement
from golive.twin.metrics import Traffic

# What is launched was deployed the day before, or is what was launched, that long before the launch.
_DEPLOYED, _DEPLOYED_BEFORE_LAUNCH = timedelta(hours=22), timedelta(hours=21)
# The pre-launch snapshot is taken when the final verification begins, half a minute into it.
_BEFORE_LAUNCH = timedelta(hours=2) - timedelta(seconds=30)


def healthy(
    now: datetime,
    commit: str,
    *,
    previous_commit: str = PREVIOUS_COMMIT,
    password: str = "",
    launched: timedelta = timedelta(),
) -> Cloud:
    """
    Production as it should be, its secrets made fresh; *password* is the application's at the database.

    It was *launched* that long ago; negative: it will be.
    """
    texts = _texts(password or secrets.token_urlsafe(24))
    digest = digest_of(commit)
    deployed = max(_DEPLOYED, launched + _DEPLOYED_BEFORE_LAUNCH)
    taken = now - timedelta(hours=9)
    return Cloud(
        now=now,
        service=_service(
            digest, {name: secret_arn(ACCOUNT, REGION, SECRETS_FOLDER + name) for name in texts}, deployed
        ),
        instance=Instance(
            identifier="drop-db",
            host=DATABASE_HOST,
            groups=(DATABASE_GROUP,),
            backup_window=f"{taken - timedelta(minutes=8):%H:%M}-{taken + timedelta(minutes=22):%H:%M}",
        ),
        snapshots=(
            *(Snapshot("rds:drop-db-%Y-%m-%d-%H-%M", "automated", timedelta(hours=9, days=day)) for day in range(7)),
            Snapshot("drop-db-before-migration-%Y%m%d", "manual", timedelta(days=12)),
            *([Snapshot(PRE_LAUNCH, "manual", launched + _BEFORE_LAUNCH)] if launched > -_BEFORE_LAUNCH else []),
        ),
        security_groups={
            DATABASE_GROUP: SecurityGroup("drop-db", "the database", (Rule(groups=(CONNECTOR_GROUP,)),)),
            CONNECTOR_GROUP: SecurityGroup("drop-web-connector", "App Runner's way into the VPC", ()),
            PUBLIC_GROUP: SecurityGroup(
                "public-https", "a load balancer", (Rule(ports=(443, 443), networks=("0.0.0.0/0", "::/0")),)
            ),
        },
        prefix_lists={PARTNERS: PrefixList("drop-partners", ("198.51.100.0/24", "203.0.113.0/25"))},
        images=_images(digest, commit, previous_commit, deployed),
        secrets={SECRETS_FOLDER + name: Secret(text) for name, text in texts.items()},
        logs=_logs(launched),
        traffic=Traffic(launched),
        roles=(_deploy_role(),),
    ).watching(timedelta(minutes=12))


def _texts(password: str) -> dict[str, str]:
    """The secrets of the service, made fresh."""
    # Hexadecimal, which never spells "dev" or "test" by chance.
    return {
        "JWT_SECRET": base64.b64encode(secrets.token_bytes(48)).decode(),  # as `openssl rand -base64 48`
        "DATABASE_URL": f"postgresql://drop_app:{password}@{DATABASE_HOST}:5432/drop?sslmode=verify-full",
        "BANKID_CLIENT_ID": f"drop-{secrets.token_hex(6)}",
        "BANKID_CLIENT_SECRET": secrets.token_hex(32),
        "SUMSUB_APP_TOKEN": f"prd:{secrets.token_hex(18)}.{secrets.token_hex(24)}",
        "SUMSUB_SECRET_KEY": secrets.token_hex(24),
        "SUMSUB_WEBHOOK_SECRET": secrets.token_hex(24),
        "NEONOMICS_CLIENT_ID": secrets.token_hex(16),
        "NEONOMICS_CLIENT_SECRET": secrets.token_hex(32),
        "SWAN_CLIENT_ID": f"LIVE_{secrets.token_hex(16)}",
        "SWAN_CLIENT_SECRET": secrets.token_hex(32),
        "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/"
        f"T{secrets.token_hex(5).upper()}/B{secrets.token_hex(5).upper()}/{secrets.token_hex(12)}",
    }


def _images(digest: str, commit: str, previous_commit: str, deployed: timedelta) -> tuple[Image, ...]:
    return (
        Image(digest_of("a pull request"), ("pr-61",), timedelta(hours=5)),  # younger than the release, and none
        Image(digest, (PRODUCTION_TAG, "v0.1.0", commit), deployed + timedelta(hours=4)),
        Image(digest_of("a build that failed its tests"), (), deployed + timedelta(days=2)),
        Image(digest_of(previous_commit), ("v0.0.9", previous_commit), deployed + timedelta(days=7)),
    )


def _logs(launched: timedelta) -> dict[str, dict[str, LogStream]]:
    return {
        LOG_GROUP: {APP_STREAM: LogStream((*since_launch(launched), *chatter()), goes_on=True)},
        f"/aws/apprunner/{SERVICE_NAME}/{SERVICE_ID}/service": {
            "events": LogStream((Line(timedelta(hours=22), "[AppRunner] Service update completed successfully."),))
        },
        "/aws/rds/instance/drop-db/postgresql": {
            "drop-db.0": LogStream((Line(timedelta(minutes=3), "LOG:  checkpoint complete"),), goes_on=True)
        },
    }


def _deploy_role() -> Role:
    """May change the service, and hand App Runner the two roles that it has."""
    passed = ("build.apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com")
    service = f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/{SERVICE_NAME}/*"
    return Role(
        DEPLOY_ROLE,
        (
            Statement(("apprunner:UpdateService", "apprunner:Describe*", "apprunner:List*"), (service,)),
            Statement(("iam:PassRole",), (f"arn:aws:iam::{ACCOUNT}:role/{SERVICE_NAME}-*",), passed_to=passed),
            Statement(("ecr:*",), ("*",)),
        ),
    )


def _service(digest: str, arns: Mapping[str, str], deployed: timedelta) -> Service:
    validated = "acm-validations.aws"
    return Service(
        name=SERVICE_NAME,
        id=SERVICE_ID,
        url=SERVICE_HOST,
        status="RUNNING",
        image=image_of(digest),
        variables={
            "NODE_ENV": "production",
            "NEXT_PUBLIC_SERVICE_MODE": "production",
            "NEXT_PUBLIC_APP_URL": "https://getdrop.no",
            "BANKID_CALLBACK_URL": "https://getdrop.no/api/auth/bankid/callback",
            # As the failure runbooks' ways back leave them.
            "AISP_MODE": "live",
            "AISP_FALLBACK_MODE": "live",
            "SWAN_MODE": "live",
            **dict.fromkeys(("FEATURE_ACCOUNTS", "FEATURE_CARDS", "FEATURE_SWAN_WALLETS"), "enabled"),
            **dict.fromkeys(("NEONOMICS_ENVIRONMENT", "SUMSUB_ENVIRONMENT", "SWAN_ENVIRONMENT"), "production"),
            "LOG_LEVEL": "info",
            "NEXT_TELEMETRY_DISABLED": "1",
            "TZ": "Europe/Oslo",
            **FLAGS,
        },
        secrets=arns,
        custom_domains=(
            CustomDomain(
                "getdrop.no",
                www=True,
                status="ACTIVE",
                records=(
                    ValidationRecord("_2f1d9c0b7a6e.getdrop.no.", f"_8c4b2a1f0e9d.xyzkqp.{validated}."),
                    ValidationRecord("_5a3e8d7c1b40.www.getdrop.no.", f"_1d0c9b8a7f6e.xyzkqp.{validated}."),
                ),
            ),
        ),
        operations=(
            Operation("UPDATE_SERVICE", "SUCCEEDED", deployed),
            Operation("START_DEPLOYMENT", "SUCCEEDED", deployed + timedelta(days=5)),
            Operation("UPDATE_SERVICE", "ROLLBACK_SUCCEEDED", deployed + timedelta(days=5, hours=2)),
            Operation("UPDATE_SERVICE", "SUCCEEDED", deployed + timedelta(days=7)),
            Operation("CREATE_SERVICE", "SUCCEEDED", timedelta(days=40), timedelta(minutes=7)),
        ),
        access_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-ecr-access",
        instance_role=f"arn:aws:iam::{ACCOUNT}:role/drop-web-instance",
        vpc_connector=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:vpcconnector/drop-vpc/1/4b0d2c9c6f5e4f5f8c3b7d1a2e9f6a10",
        connector_groups=(CONNECTOR_GROUP,),
        scaling=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:autoscalingconfiguration/DefaultConfiguration/1/"
        "00000000000000000000000000000001",
        dns_target=SERVICE_HOST,
    )
