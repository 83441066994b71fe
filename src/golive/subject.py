"""The candidate that is being launched: which image, which commit, which configuration."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from golive.coordinates import Partner
from golive.environment import Environment
from golive.errors import ProbeError
from golive.observatory import Observatory, plain
from golive.probes.apprunner import RunningService, ServiceSettings, Settings
from golive.probes.ecr import RepositoryImages
from golive.probes.look import Look
from golive.record import Subject


def looks(environment: Environment) -> list[Look[Any]]:
    """What is asked to know the candidate."""
    arn = environment.aws.service_arn
    return [RunningService(arn), ServiceSettings(arn), RepositoryImages(environment.aws.repository)]


def subject_of(environment: Environment, observatory: Observatory, wanted: str | None) -> Subject:
    """
    What the run is about, as far as it can be seen.

    The image is the one that was *wanted*, else the one that runs; the commit is the one that it is tagged with; the
    configuration is a SHA-256 over everything that the service is started with.
    """
    arn = environment.aws.service_arn
    digest = wanted
    commit = configuration = None
    try:
        digest = digest or observatory.answer(RunningService(arn)).digest
        settings = observatory.answer(ServiceSettings(arn))
        configuration = fingerprint(settings)
        if digest is not None:
            image = observatory.answer(RepositoryImages(environment.aws.repository)).of(digest)
            commits = image.commits(environment.aws.release_tag) if image else ()
            commit = commits[0] if len(commits) == 1 else None
    except ProbeError:
        pass  # what could not be seen is None, and its own items say why
    return Subject(image_digest=digest, commit=commit, configuration=configuration)


def given_for(partner: Partner, environment: Environment, observatory: Observatory) -> tuple[str, ...] | None:
    """Names of what the service is given to work with *partner*; None where that could not be seen."""
    try:
        names = observatory.answer(ServiceSettings(environment.aws.service_arn)).names
    except ProbeError:
        return None
    return tuple(sorted(name for name in names if name.startswith(f"{partner.upper()}_")))


def fingerprint(settings: Settings) -> str:
    """The configuration in one value: SHA-256 over everything that the service is started with."""
    return hashlib.sha256(json.dumps(plain(settings), sort_keys=True).encode()).hexdigest()
