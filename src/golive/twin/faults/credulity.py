"""Faults of belief: a service tells of what is not there, or lets anybody in, so that its yes says nothing."""

from dataclasses import replace

from golive.twin.faults.ailments import BY_SERVICE
from golive.twin.faults.kin import ALL, POSTED, ready
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _knows_anything(service: str, name: str) -> None:
    def believe(world: World) -> World:
        return replace(world, cloud=replace(world.cloud, credulous=frozenset({service})))

    believe.__name__ = f"{service}_knows_anything"
    believe.__doc__ = f"AWS ({service}) tells of {name} that does not exist as it tells of ours."
    # A message to #drop-ops is shown by the channel, and must get through whatever else Secrets Manager says.
    spared = POSTED if service == "secretsmanager" else ()
    breaks(unknown=[item for item in BY_SERVICE[service] if item not in spared])(believe)


for _service, _name in (
    ("apprunner", "a service"),
    ("ec2", "a security group"),
    ("ecr", "a repository"),
    ("rds", "an instance"),
    ("secretsmanager", "a secret"),
):
    _knows_anything(_service, _name)


@breaks(unknown=ALL)
def sts_knows_anybody(world: World) -> World:
    """AWS (sts) tells who calls whoever does not sign, as it tells us."""
    return replace(world, cloud=replace(world.cloud, credulous=frozenset({"sts"})))


@breaks(unknown=["GL-1.5", "GL-2.4.1", "GL-2.4.2", *ready(8)])
def any_name_has_an_address(world: World) -> World:
    """The name servers have an address for whatever they are asked, as those of a captive portal do."""
    return replace(world, zone=world.zone.told("golive-that-is-not-there.invalid", "A", "203.0.113.99"))


@breaks(unknown=["GL-2.2.4"])
def github_takes_any_token(world: World) -> World:
    """GitHub lets in whoever shows a token, whosever it is."""
    return replace(world, github=replace(world.github, takes_any_token=True))
