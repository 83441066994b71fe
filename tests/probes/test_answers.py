"""What the probes of AWS, the database and the providers answer can be written down, read back, and shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from golive.environment import Environment
from golive.observatory import plain
from golive.probes.apprunner import CustomDomains, DescribedService, RunningService, ServiceHistory, ServiceSettings
from golive.probes.aws import Caller
from golive.probes.cloudwatch import RequestFigures, ServiceTraffic
from golive.probes.customers import PaymentFigures, ReviewFigures, WaitingPeople
from golive.probes.ec2 import Firewalls, PrefixList
from golive.probes.ecr import RepositoryImages
from golive.probes.github import RunningCommitChecks
from golive.probes.iam import DeployRights
from golive.probes.incidents import IncidentsSince, StatusReports
from golive.probes.logs import ErrorFigures, LoginFigures, LogTail, SignsOfLife, WhatWasTold
from golive.probes.look import Look
from golive.probes.monitors import AllMonitors, AvailabilitySince, MonitorEscalations
from golive.probes.postgres import Tables, TransactionWatch, Users
from golive.probes.rds import AutomatedSnapshots, DatabaseInstance, NamedSnapshots
from golive.probes.secrets import ServiceSecrets
from golive.probes.slack import ChannelWords
from golive.probes.statuspage import OtherStatusPage, PublicStatusPage
from golive.probes.webhook import TrialAlert, WebhookKnown
from golive.search import NO_SECRETS
from golive.twin.betterstack import PAGE_HOST
from golive.twin.cloud import PARTNERS
from golive.twin.slack import DROP_OPS

from .backstage import Backstage
from .town import again

SINCE = datetime.now(UTC) - timedelta(hours=2)


def looks(environment: Environment) -> Iterable[Look[Any]]:
    """One of each."""
    aws = environment.aws
    yield from (Caller(), DatabaseInstance(aws.database_instance), AutomatedSnapshots(aws.database_instance))
    yield from (Firewalls(aws.database_instance), PrefixList(PARTNERS), RepositoryImages(aws.repository))
    for kind in (DescribedService, ServiceHistory, RunningService, ServiceSettings, CustomDomains, ServiceSecrets):
        yield kind(aws.service_arn)
    yield SignsOfLife(aws.log_group, environment.database.aml.sign_of_life, 24)
    yield from (Tables(), Users(("test@example.com",)), TransactionWatch(100_000))
    yield from (AllMonitors(), MonitorEscalations(), AvailabilitySince(SINCE), IncidentsSince(SINCE))
    yield from (StatusReports(PAGE_HOST), PublicStatusPage(PAGE_HOST), OtherStatusPage("status.drop.no"))
    yield ChannelWords(DROP_OPS, "#drop-ops", SINCE, SINCE, ("CRITICAL",))
    yield from (WebhookKnown(aws.service_arn), TrialAlert(aws.service_arn, "#drop-ops", DROP_OPS))
    since = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=24)
    yield from (ServiceTraffic(aws.service_name, aws.service_id, since), DeployRights(aws.deploy_role, aws.service_arn))
    yield from (RequestFigures(aws.service_name, aws.service_id, since), LoginFigures(aws.log_group, since))
    yield WhatWasTold(aws.log_group, since)
    yield ErrorFigures(aws.log_group, since, aws.service_name, aws.service_id)
    yield from (LogTail(aws.log_group, 60, 5, ()), NamedSnapshots(aws.database_instance, "drop-db-pre-launch-"))
    yield from (PaymentFigures(since), ReviewFigures(since), WaitingPeople())
    assert environment.github.repository is not None
    yield RunningCommitChecks(aws.service_arn, aws.repository, environment.github.repository, "main")


@pytest.mark.parametrize("number", range(38))
def test_answer_is_the_same_when_read_back(backstage: Backstage, environment: Environment, number: int) -> None:
    """
    Judged again from the record, an answer is equal to the one that was seen.
    """
    look = [*looks(environment)][number]
    answer = backstage.look(look)
    assert again(answer) == answer
    assert again(look) == look
    assert hash(again(look)) == hash(look)


def test_all_looks_are_tried(environment: Environment) -> None:
    """
    The test above leaves none out.
    """
    assert len([*looks(environment)]) == 38


def test_evidence_holds_no_secret(backstage: Backstage, environment: Environment) -> None:
    """
    Whatever this run has held stands in no evidence, no answer and no error.
    """
    observatory = backstage.observatory()
    observatory.gather(looks(environment))
    written = json.dumps([seen.model_dump(mode="json") for seen in observatory.evidence()])
    shown = "".join(repr(observatory.answer(look)) + json.dumps(plain(look)) for look in looks(environment))
    held = {name: text for name, text in observatory.reach.held.items() if name not in NO_SECRETS}
    assert len(held) > 10
    assert [name for name, text in held.items() if text in written or text in shown] == []


def test_everything_is_asked_once(backstage: Backstage, environment: Environment) -> None:
    """
    However many looks depend on another, AWS is asked each question once.
    """
    before, observatory = len(backstage.town.calls()), backstage.observatory()
    observatory.gather(looks(environment))
    # These are asked different things under one name.
    several = {"GetSecretValue", "DescribeSecret", "FilterLogEvents", "GetMetricData", "SimulatePrincipalPolicy"}
    several |= {"DescribeDBSnapshots"}
    # And these of what is there, and once, by their control, of what is not.
    several |= {"DescribeService", "DescribeSecurityGroups", "DescribeImages", "DescribeDBInstances"}
    calls = [call for call in backstage.town.calls()[before:] if call[1] not in several]
    assert sorted(calls) == sorted(set(calls))
    assert observatory.requests == observatory.count
