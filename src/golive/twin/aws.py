"""AWS as the twin has it: a frozen `Cloud` on the wire, behind a door that notes every question.

Two loopback endpoints: App Runner (`golive.twin.apprunner`) and the rest, which is moto (`golive.twin.motoserver`),
seeded from the `Cloud` (`golive.twin.seeding`), but for what moto lacks. moto's state belongs to the process: one `Aws`
at a time.
"""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from golive.twin import apprunner, cloudfront, iam, metrics
from golive.twin.cloud import APP_STREAM, DATABASE_GROUP, LOG_GROUP, SERVICE_ID, SERVICE_NAME, Cloud
from golive.twin.logs import filtered, paged
from golive.twin.motoserver import as_anybody, backend, import_ec2, through, warm
from golive.twin.seeding import go_on_logging, go_on_restorable, go_on_taking, say, seed
from golive.twin.wire import Answer, Endpoint, Question, known, refuse

# By which the gate asks for what is not there.
NOT_THERE, NO_GROUP = "-that-is-not-there", b"sg-00000000000000000"


class Aws:
    """The face: start it, ask it over HTTP, `apply` another world, read who asked what with `calls`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._calls: list[tuple[str, str]] = []
        self._moto = Endpoint(self._ask_moto, self._calls)
        self._apprunner = Endpoint(self._ask_apprunner, self._calls)
        self._world = threading.Lock()  # one world at a time: nobody reads while it changes
        self._loading: Future[None] = Future()

    @property
    def endpoint(self) -> str:
        """Where every service but App Runner answers."""
        return self._moto.url

    @property
    def apprunner_endpoint(self) -> str:
        """Where App Runner answers."""
        return self._apprunner.url

    def start(self) -> dict[str, str]:
        """Open both doors at once; moto is loaded and seeded behind them, and the first question to it waits."""
        self._announce(self._cloud)
        alone = ThreadPoolExecutor(1, "moto")
        self._loading = alone.submit(self._load)
        alone.shutdown(wait=False)
        self._moto.start()
        self._apprunner.start()
        return {"endpoint": self.endpoint, "apprunner_endpoint": self.apprunner_endpoint}

    def ready(self) -> None:
        """Return once moto is seeded and warm."""
        self._loading.result()

    def _load(self) -> None:
        # moto makes a boto3 session of its own, which would stumble over a profile that is not there.
        os.environ.pop("AWS_PROFILE", None)
        # Thousands of machine images that nobody asks for, at a quarter of a second.
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        import_ec2()
        seed(self._cloud)
        for service in ("ec2", "rds", "sts", "ecr", "secretsmanager", "logs"):
            warm(service, self._cloud.region)

    def stop(self) -> None:
        """Close both doors."""
        self._moto.stop()
        self._apprunner.stop()

    def apply(self, cloud: Cloud) -> None:
        """Make *cloud* the world, between two questions. moto is seeded anew only for what it keeps."""
        known(cloud.ailments)
        self.ready()
        with self._world:
            was = self._cloud
            kept = replace(
                cloud,
                ailments=was.ailments,
                service=was.service,
                distribution=was.distribution,
                traffic=was.traffic,
                roles=was.roles,
                any_role=was.any_role,
                credulous=was.credulous,
                clock_shift=was.clock_shift,
                any_log=was.any_log,
                log_page=was.log_page,
            )
            if kept != was:
                seed(cloud)
            self._announce(cloud)

    def hear(self) -> None:
        """Somebody asked the application for something."""
        if self._cloud.heard:
            with self._world:
                stream = backend("logs", self._cloud).groups[LOG_GROUP].streams[APP_STREAM]
                say(stream, [(datetime.now(UTC), json.dumps({"level": "info", "event": "request", "status": 200}))])

    def delay(self, seconds: float) -> None:
        """From now on every answer takes this much longer."""
        for door in (self._moto, self._apprunner):
            door.delay = seconds

    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every (service, operation) asked so far, in order."""
        return tuple(self._calls)

    def asked(self) -> list[tuple[str, str, dict[str, str]]]:
        """Every (service, operation, parameters) asked so far, once each."""
        told = [*self._moto.asked, *self._apprunner.asked]
        return [(service, operation, dict(of_what)) for service, operation, of_what in told]

    def _announce(self, cloud: Cloud) -> None:
        self._cloud = cloud
        for door in (self._moto, self._apprunner):
            door.ailments, door.account, door.clock_shift = cloud.ailments, cloud.account, cloud.clock_shift

    def _ask_apprunner(self, question: Question) -> Answer:
        cloud = self._cloud
        question = self._believed(question)
        return apprunner.answer(
            question,
            cloud.service,
            account=cloud.account,
            region=cloud.region,
            now=cloud.now,
            images={image.digest for image in cloud.images},
            release=lambda service: self._announce(replace(cloud, service=service)),
        )

    def _believed(self, question: Question) -> Question:
        """*question*, about what is there where it was about what is not: to a service that believes everybody."""
        if question.service not in self._cloud.credulous:
            return question
        body = question.body.replace(NO_GROUP, DATABASE_GROUP.encode())
        secret = next(iter(self._cloud.secrets)).encode()
        for name, ours in ((f"{SERVICE_NAME}{NOT_THERE}".encode(), secret), (NOT_THERE.encode(), b"")):
            if question.service == "secretsmanager" or ours == b"":
                body = body.replace(name, ours)
        return replace(question, body=body)

    def _ask_moto(self, question: Question) -> Answer:
        cloud = self._cloud
        if not question.service and "sts" in cloud.credulous:
            question = replace(question, service="sts", headers={**question.headers, **as_anybody("sts", cloud.region)})
        if not question.service:
            return refuse(
                question.dialect, HTTPStatus.FORBIDDEN, "MissingAuthenticationToken", "The request is not signed"
            )
        question = self._believed(question)
        if question.service == "monitoring":
            return metrics.answer(question, cloud.traffic, service=(SERVICE_NAME, SERVICE_ID), now=cloud.now)
        if question.service == "cloudfront":
            return cloudfront.answer(question, cloud.distribution, account=cloud.account, now=cloud.now)
        if question.service == "iam":
            return iam.answer(question, cloud.roles, everybody=cloud.any_role)
        self.ready()
        with self._world:
            present = datetime.now(UTC)
            if question.service == "rds":
                go_on_restorable(self._cloud, present)
                go_on_taking(self._cloud, present)
                if question.operation == "CreateDBSnapshot":
                    return _being_made(through(question))
            elif question.service == "logs" and cloud.any_log:
                return through(_of_our_group(question))
            elif question.service == "logs":
                go_on_logging(self._cloud, present)
                question = paged(question, cloud.log_page)
            return filtered(question, through(question))


def _being_made(answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b"<Status>available</Status>", b"<Status>creating</Status>"))


def _of_our_group(question: Question) -> Question:
    """The same question about the application's group, whichever it asked about."""
    return replace(question, body=json.dumps({**json.loads(question.body), "logGroupName": LOG_GROUP}).encode())
