"""
moto's server, without a door of its own: loaded, asked and reached into in this process.

moto takes a second to import, and whoever only writes faults has no need of it: it is imported where it is asked.
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from golive.twin.cloud import Cloud
from golive.twin.wire import Answer, Question


def import_ec2() -> None:
    """
    Without the catalogue of instance types in each region, which nobody asks for either, at half a second; and with one
    session for all that moto asks boto3 about regions, for each new one reads the description of EC2 again.
    """
    import boto3
    from moto.core.base_backend import AccountSpecificBackend
    from moto.utilities import utils

    whole, session = utils.load_resource, boto3.Session
    utils.load_resource = lambda resource: {} if "/instance_type" in resource else whole(resource)
    boto3.Session = AccountSpecificBackend.get_session  # type: ignore[assignment, misc] # moto makes them without arguments
    try:
        import moto.ec2.models  # noqa: F401
    finally:
        utils.load_resource, boto3.Session = whole, session  # type: ignore[misc]


@cache
def _moto() -> Any:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


def through(question: Question) -> Answer:
    """Ask moto's WSGI application, in this process."""
    from werkzeug.datastructures import Headers
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    path, _, query = question.target.partition("?")
    passed = {key: said for key, said in question.headers.items() if key not in {"connection", "content-length"}}
    environ = EnvironBuilder(
        path=path, query_string=query, method=question.method, headers=Headers(passed), data=question.body
    ).get_environ()
    body, status, headers = run_wsgi_app(_moto(), environ, buffered=True)
    hop = {"content-length", "connection", "server", "date"}
    return Answer(
        HTTPStatus(int(status.split()[0])),
        {key: said for key, said in headers.items() if key.lower() not in hop},
        b"".join(body),
    )


def as_anybody(service: str, region: str) -> dict[str, str]:
    """A header by which moto knows which service is asked: it checks no signature."""
    return {"authorization": f"AWS4-HMAC-SHA256 Credential=ANY/20260101/{region}/{service}/aws4_request, Signature=0"}


def warm(service: str, region: str) -> None:
    """Let moto load what it loads at a service's first question."""
    action, version, target = {
        "ec2": ("DescribeSecurityGroups", "2016-11-15", ""),
        "rds": ("DescribeDBInstances", "2014-10-31", ""),
        "sts": ("GetCallerIdentity", "2011-06-15", ""),
        "ecr": ("", "", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
        "secretsmanager": ("", "", "secretsmanager.ListSecrets"),
        "logs": ("", "", "Logs_20140328.DescribeLogGroups"),
    }[service]
    headers = {**as_anybody(service, region), "host": f"{service}.{region}.amazonaws.com"}
    if target:
        headers |= {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        body = b"{}"
    else:
        headers |= {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        body = f"Action={action}&Version={version}".encode()
    through(Question(service, action, "POST", "/", headers, body))


def backend(service: Literal["ec2", "ecr", "logs", "rds", "secretsmanager"], cloud: Cloud) -> Any:
    """What moto keeps for *service* in the account and region of *cloud*."""
    from moto.backends import get_backend

    return get_backend(service)[cloud.account][cloud.region]
