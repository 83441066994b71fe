"""Faults of the service's settings, and of what its browsers are told."""

from dataclasses import replace

from golive.twin.cloud import FLAGS
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _setting(world: World, **variables: str | None) -> World:
    return replace(world, cloud=world.cloud.setting(**variables))


def _bundle(world: World, **values: str) -> World:
    return replace(world, site=replace(world.site, settings={**world.site.settings, **values}))


def _inlined(world: World, **at_start: str) -> World:
    return replace(world, site=replace(world.site, inlined=True, at_start=at_start))


@breaks(unmet=["GL-2.2.2", "BID-R3"])
def service_mode_demo(world: World) -> World:
    """The service runs in demonstration mode."""
    return _bundle(_setting(world, NEXT_PUBLIC_SERVICE_MODE="demo"), NEXT_PUBLIC_SERVICE_MODE="demo")


@breaks(unmet=["GL-2.2.2", "BID-R3"])
def service_mode_not_set(world: World) -> World:
    """The service is not told its mode."""
    return _setting(world, NEXT_PUBLIC_SERVICE_MODE=None)


@breaks(unmet=["GL-2.2.2"])
def service_mode_wrong_in_the_bundle(world: World) -> World:
    """The service is in production mode, and its browsers were built for the demonstration."""
    return _bundle(world, NEXT_PUBLIC_SERVICE_MODE="demo")


@breaks(unmet=["GL-2.2.2"])
def service_mode_wrong_at_the_start_of_the_page(world: World) -> World:
    """The build wrote values in the place of names, and the page hands its scripts another mode as they start."""
    return _inlined(world, NEXT_PUBLIC_SERVICE_MODE="demo")


@breaks()
def names_of_settings_replaced_by_the_build(world: World) -> World:
    """The build wrote the settings' values in the place of their names, as Next.js does: no script says a name."""
    return _inlined(world)


@breaks()
def settings_repeated_at_the_start_of_the_page(world: World) -> World:
    """The build wrote values in the place of names, and the page hands its scripts the right settings as they start."""
    return _inlined(world, **world.site.settings)


@breaks(unmet=["GL-2.2.3", "GL-3.3.1", "BID-R3"])
def bankid_mock_left_on(world: World) -> World:
    """BANKID_MOCK is true."""
    return _setting(world, BANKID_MOCK="true")


@breaks(unmet=["GL-2.2.3", "GL-3.3.1", "BID-R3"])
def bankid_mock_false(world: World) -> World:
    """BANKID_MOCK is set to "false", and any value counts."""
    return _setting(world, BANKID_MOCK="false")


@breaks(unmet=["GL-2.2.3", "GL-3.3.1", "BID-R3"])
def bankid_mock_as_a_secret(world: World) -> World:
    """BANKID_MOCK=false is hidden among the secrets."""
    cloud = world.cloud.holding("BANKID_MOCK", "false").wiring(BANKID_MOCK="BANKID_MOCK")
    return replace(world, cloud=cloud)


@breaks(unmet=["GL-2.2.6"])
def node_env_development(world: World) -> World:
    """The service runs as in development, which seeds demonstration data."""
    return _setting(world, NODE_ENV="development")


@breaks(unmet=["GL-2.2.6", "GL-5.1.2"])
def node_env_not_set(world: World) -> World:
    """The service is not told that it is production."""
    return _setting(world, NODE_ENV=None)


@breaks(unmet=["GL-3.3.2"])
def app_url_is_the_default_name(world: World) -> World:
    """The product believes that it lives under App Runner's own name."""
    url = "https://9ef3szvvsb.eu-west-1.awsapprunner.com"
    return _bundle(_setting(world, NEXT_PUBLIC_APP_URL=url), NEXT_PUBLIC_APP_URL=url)


@breaks(unmet=["GL-3.3.2"])
def app_url_wrong_in_the_bundle(world: World) -> World:
    """The service knows its address, and its browsers were built with another."""
    return _bundle(world, NEXT_PUBLIC_APP_URL="http://localhost:3000")


@breaks(unmet=["GL-3.3.2"])
def app_url_with_a_slash(world: World) -> World:
    """The product's address ends in a slash, which makes other addresses of it than the registered ones."""
    return _setting(world, NEXT_PUBLIC_APP_URL="https://getdrop.no/")


def _flag_faults(number: int, flag: str, state: str) -> None:
    item, other = f"GL-4.{number}", "false" if state == "true" else "true"
    short = flag.removeprefix("NEXT_PUBLIC_FF_").lower()

    def flipped(world: World) -> World:
        return _bundle(_setting(world, **{flag: other}), **{flag: other})

    def in_the_bundle(world: World) -> World:
        return _bundle(world, **{flag: other})

    def not_set(world: World) -> World:
        return _setting(world, **{flag: None})

    for function, name, sentence in (
        (flipped, f"flag_{short}_flipped", f"{flag} is {other}."),
        (in_the_bundle, f"flag_{short}_wrong_in_the_bundle", f"{flag} is {state}, and {other} in what browsers run."),
        (not_set, f"flag_{short}_not_set", f"{flag} is not set, which is not the same as {state}."),
    ):
        function.__name__, function.__doc__ = name, sentence
        breaks(unmet=[item, "GL-1.9"])(function)


for _number, (_flag, _state) in enumerate(FLAGS.items(), 1):
    _flag_faults(_number, _flag, _state)


@breaks(unmet=["GL-1.9"])
def flag_that_nobody_reviewed(world: World) -> World:
    """NEXT_PUBLIC_FF_CRYPTO is set on the service, and the launch table does not know it."""
    return _setting(world, NEXT_PUBLIC_FF_CRYPTO="false")


@breaks(unmet=["GL-1.9"])
def flag_that_nobody_reviewed_in_the_bundle(world: World) -> World:
    """NEXT_PUBLIC_FF_CRYPTO was built into what browsers run, though the service does not set it."""
    return _bundle(world, NEXT_PUBLIC_FF_CRYPTO="true")


@breaks(unmet=["GL-1.9", "GL-4.1"])
def flag_as_a_secret(world: World) -> World:
    """NEXT_PUBLIC_FF_NOTIFICATIONS comes out of the secrets, where nobody can read whether it is true."""
    cloud = world.cloud.setting(NEXT_PUBLIC_FF_NOTIFICATIONS=None).holding("FLAG", "true")
    return replace(world, cloud=cloud.wiring(NEXT_PUBLIC_FF_NOTIFICATIONS="FLAG"))


@breaks(unmet=["GL-1.9", "GL-4.3"])
def flag_set_twice(world: World) -> World:
    """NEXT_PUBLIC_FF_VIRTUAL_CARDS is set as a variable and as a secret, so that nobody knows which wins."""
    return replace(world, cloud=world.cloud.holding("FLAG", "true").wiring(NEXT_PUBLIC_FF_VIRTUAL_CARDS="FLAG"))


@breaks(unmet=["GL-1.9", "GL-4.2"])
def flag_in_capitals(world: World) -> World:
    """NEXT_PUBLIC_FF_MERCHANT_DASHBOARD is "TRUE", which the product does not read as true."""
    return _setting(world, NEXT_PUBLIC_FF_MERCHANT_DASHBOARD="TRUE")
