"""Faults of the failure runbooks' readiness: what nobody notices until somebody diagnoses."""

from dataclasses import replace

from golive.twin.cloud import DATABASE_GROUP, Rule
from golive.twin.faults.kin import SWAN, ready
from golive.twin.faults.register import breaks
from golive.twin.world import World

SWITCHES = (
    *("AISP_MODE", "AISP_FALLBACK_MODE", "SWAN_MODE", "FEATURE_ACCOUNTS", "FEATURE_CARDS", "FEATURE_SWAN_WALLETS"),
    *("NEONOMICS_ENVIRONMENT", "SUMSUB_ENVIRONMENT", "SWAN_ENVIRONMENT"),
)


def _setting(world: World, **variables: str | None) -> World:
    return replace(world, cloud=world.cloud.setting(**variables))


@breaks(unmet=ready(4))
def service_shut_in(world: World) -> World:
    """The connector's group lets the service out to the database alone, so that it reaches no provider."""
    return replace(world, cloud=world.cloud.letting_out(Rule(groups=(DATABASE_GROUP,))))


@breaks(unmet=["AISP-R3"])
def cached_balances_left_on(world: World) -> World:
    """AISP_MODE is "cached", as an incident left it: customers see an old balance."""
    return _setting(world, AISP_MODE="cached")


@breaks(unmet=["AISP-R3"])
def fallback_to_cached_balances_left_on(world: World) -> World:
    """AISP_FALLBACK_MODE is "cached", which is the failure runbook's other name for it."""
    return _setting(world, AISP_FALLBACK_MODE="cached")


@breaks(unknown=["AISP-R3"])
def mode_hidden_among_the_secrets(world: World) -> World:
    """AISP_MODE comes out of the secrets, where nobody can read whether it is an emergency's."""
    cloud = world.cloud.setting(AISP_MODE=None).holding("AISP_MODE", "cached").wiring(AISP_MODE="AISP_MODE")
    return replace(world, cloud=cloud)


@breaks(unmet=["SWAN-R3"])
def degraded_mode_left_on(world: World) -> World:
    """SWAN_MODE is "degraded", as an incident left it."""
    return _setting(world, SWAN_MODE="degraded")


@breaks(unmet=["AISP-R3", "SWAN-R3"])
def accounts_left_disabled(world: World) -> World:
    """FEATURE_ACCOUNTS is "disabled", as an outage of Swan left it: nobody opens an account."""
    return _setting(world, FEATURE_ACCOUNTS="disabled")


@breaks(unmet=["SWAN-R3"])
def cards_left_disabled(world: World) -> World:
    """FEATURE_CARDS is "disabled", as an outage of Swan left it."""
    return _setting(world, FEATURE_CARDS="disabled")


@breaks(unmet=["SWAN-R3"])
def wallets_left_disabled(world: World) -> World:
    """FEATURE_SWAN_WALLETS is "disabled", as an outage of Swan left it."""
    return _setting(world, FEATURE_SWAN_WALLETS="disabled")


@breaks(unmet=["AISP-R3", "PISP-R3"])
def service_set_for_the_sandbox_of_neonomics(world: World) -> World:
    """NEONOMICS_ENVIRONMENT is "sandbox": banks and money are invented there."""
    return _setting(world, NEONOMICS_ENVIRONMENT="sandbox")


@breaks(unmet=["KYC-R3"])
def service_set_for_the_sandbox_of_sumsub(world: World) -> World:
    """SUMSUB_ENVIRONMENT is "sandbox": everybody is approved there."""
    return _setting(world, SUMSUB_ENVIRONMENT="sandbox")


@breaks(unmet=["SWAN-R3"])
def service_set_for_the_sandbox_of_swan(world: World) -> World:
    """SWAN_ENVIRONMENT is "sandbox"."""
    return _setting(world, SWAN_ENVIRONMENT="sandbox")


@breaks(unmet=["BID-R3"])
def service_told_of_another_callback(world: World) -> World:
    """BANKID_CALLBACK_URL leads to App Runner's own name, though the login still starts with the right one."""
    return _setting(world, BANKID_CALLBACK_URL="https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/auth/bankid/callback")


@breaks()
def nothing_said_of_modes(world: World) -> World:
    """None of the failure runbooks' switches is set at all: nobody has ever needed one."""
    return _setting(world, **dict.fromkeys(SWITCHES))


@breaks(unmet=["SWAN-R3"], unknown=SWAN)
def service_without_swan(world: World) -> World:
    """The service is given nothing of Swan's: neither secrets nor settings."""
    cloud = world.cloud.setting(SWAN_MODE=None, SWAN_ENVIRONMENT=None)
    return replace(world, cloud=cloud.wiring(SWAN_CLIENT_ID=None, SWAN_CLIENT_SECRET=None))
