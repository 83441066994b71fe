"""Faults of the way there: switched off, denied, throttled, rubbish. They turn *unknown* what cannot be seen."""

from dataclasses import replace
from datetime import timedelta

from golive.twin import database
from golive.twin.cloud import DATABASE_HOST
from golive.twin.faults.kin import (
    ALL,
    BROWSER,
    DATABASE,
    LOGS,
    PAGES,
    PROVIDER,
    RDS,
    REQUESTS,
    SECRETS,
    WAY_OUT,
    WAYS_BACK,
    WEBHOOK,
)
from golive.twin.faults.register import breaks
from golive.twin.names import RESOLVERS
from golive.twin.wire import Ailment
from golive.twin.world import World

# What stands and falls with an answer of an AWS service.
BY_SERVICE = {
    "rds": RDS,
    "ec2": ("GL-1.8", *WAY_OUT),
    "ecr": ("GL-2.1.3", "GL-2.2.4", "GL-3.3.3", "GL-5.1.1"),
    "secretsmanager": (*SECRETS, *PROVIDER, *WEBHOOK),
    "logs": LOGS,
    "monitoring": REQUESTS,
    "iam": WAYS_BACK,
    "apprunner": ALL,
    "sts": ALL,
}


def _aws_faults(service: str, ailment: Ailment, sentence: str) -> None:
    def ail(world: World) -> World:
        return replace(world, cloud=replace(world.cloud, ailments={service: ailment}))

    ail.__name__, ail.__doc__ = f"{service}_{ailment}", f"AWS ({service}) {sentence}"
    breaks(unknown=BY_SERVICE[service])(ail)


UNWELL: dict[Ailment, str] = {
    "off": "cannot be reached.",
    "denied": "does not let us read.",
    "throttled": "has no time for us.",
    "garbage": "answers with rubbish.",
}
for _service in BY_SERVICE:
    for _aws_ailment, _aws_sentence in UNWELL.items():
        _aws_faults(_service, _aws_ailment, _aws_sentence)


@breaks(unknown=ALL)
def credentials_expired(world: World) -> World:
    """The gate's AWS session is over."""
    return replace(world, cloud=replace(world.cloud, ailments={"sts": "expired"}))


def _github_faults(ailment: str, sentence: str) -> None:
    def ail(world: World) -> World:
        return replace(world, github=replace(world.github, ailment=ailment))  # type: ignore[arg-type]

    ail.__name__, ail.__doc__ = f"github_{ailment}", f"GitHub {sentence}"
    breaks(unknown=["GL-2.2.4"])(ail)


for _ailment, _sentence in (
    ("off", "cannot be reached."),
    ("denied", "does not let us read."),
    ("throttled", "has no time for us."),
    ("broken", "answers 503."),
    ("garbage", "answers with rubbish."),
):
    _github_faults(_ailment, _sentence)


@breaks()
def github_hiccup(world: World) -> World:
    """GitHub answers 503 the first time and well the second: asked again, all is known."""
    return replace(world, github=replace(world.github, ailment="hiccup"))


@breaks(unknown=ALL)
def site_off(world: World) -> World:
    """Nobody answers at the addresses of the site."""
    return replace(world, site=replace(world.site, ailment="off"))


@breaks(unknown=["GL-2.2.1", *PAGES, *BROWSER])
def site_babbles(world: World) -> World:
    """The site speaks something that is not HTTP."""
    return replace(world, site=replace(world.site, ailment="babble"))


@breaks(unknown=["GL-2.2.1", *PAGES, *BROWSER])
def site_throttled(world: World) -> World:
    """The site says 429 to everybody, which tells nothing of what it would say."""
    return replace(world, site=replace(world.site, ailment="throttled"))


@breaks(unknown=ALL)
def resolvers_off(world: World) -> World:
    """No name can be looked up."""
    return replace(world, zone=world.zone.ail("silent", by=RESOLVERS))


@breaks(unknown=ALL)
def clock_far_off(world: World) -> World:
    """This machine's clock and the site's differ by three hours."""
    return replace(world, site=replace(world.site, clock_shift=timedelta(hours=3)))


@breaks(unknown=ALL)
def clock_a_year_off(world: World) -> World:
    """This machine's clock is a year ahead, so that to it every certificate of the site has ended."""
    ended = {
        host: replace(
            world.certificates[host],
            not_before=world.now - timedelta(days=300),
            not_after=world.now - timedelta(days=200),
        )
        for host in ("getdrop.no", "www.getdrop.no")
    }
    return replace(
        world,
        certificates={**world.certificates, **ended},
        cloud=replace(world.cloud, clock_shift=timedelta(days=-365)),
    )


@breaks(unknown=DATABASE)
def database_has_no_connection_left(world: World) -> World:
    """The database has as many clients as it takes, and asks us to come again."""
    return replace(world, database=replace(world.database, front="full"))


@breaks(unknown=DATABASE)
def database_off(world: World) -> World:
    """The database does not answer."""
    return replace(world, database=replace(world.database, front="off"))


@breaks(unknown=DATABASE)
def database_babbles(world: World) -> World:
    """What answers at the database's address is no database."""
    return replace(world, database=replace(world.database, front="garbage"))


@breaks(unknown=DATABASE)
def database_in_plain(world: World) -> World:
    """The database offers no encryption."""
    return replace(world, database=replace(world.database, front="plain"))


@breaks(unknown=DATABASE)
def database_refuses_us(world: World) -> World:
    """The database does not know the gate's password."""
    return replace(world, database=world.database.admitting(database.GATE, password="another"))  # noqa: S106


@breaks(unknown=DATABASE)
def database_of_another(world: World) -> World:
    """The database's certificate is for another name."""
    certificate = replace(world.certificates[DATABASE_HOST], names=("other.eu-west-1.rds.amazonaws.com",))
    return replace(world, certificates={**world.certificates, DATABASE_HOST: certificate})


@breaks(unknown=DATABASE)
def database_role_can_write(world: World) -> World:
    """The gate's role could change what it looks at, so the gate does not use it."""
    return replace(world, database=world.database.admitting(database.GATE, grants={"users": ("INSERT",)}))
