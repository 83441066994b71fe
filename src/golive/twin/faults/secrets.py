"""Faults of the secrets."""

from dataclasses import replace
from datetime import timedelta

from golive.twin.cloud import Secret
from golive.twin.faults.kin import WEBHOOK
from golive.twin.faults.register import breaks
from golive.twin.world import World


def _holding(world: World, name: str, secret: Secret | str | None) -> World:
    return replace(world, cloud=world.cloud.holding(name, secret))


def _url(world: World, old: str, new: str) -> World:
    return _holding(world, "DATABASE_URL", world.cloud.text("DATABASE_URL").replace(old, new))


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_of_equal_characters(world: World) -> World:
    """JWT_SECRET is one character, 64 times."""
    return _holding(world, "JWT_SECRET", "a" * 64)


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_too_short(world: World) -> World:
    """JWT_SECRET is random, and 24 characters long."""
    return _holding(world, "JWT_SECRET", world.cloud.text("JWT_SECRET")[:24])


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_is_a_placeholder(world: World) -> World:
    """JWT_SECRET is the text that the example file came with."""
    return _holding(world, "JWT_SECRET", "change-me-to-a-long-random-string-before-production")


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_is_a_sentence(world: World) -> World:
    """JWT_SECRET is long, and made of words."""
    return _holding(world, "JWT_SECRET", "drop drop drop er den beste betalingsappen i hele norge")


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_in_plain_sight(world: World) -> World:
    """JWT_SECRET is a plain variable of the service, which anybody who may describe it can read."""
    text = world.cloud.text("JWT_SECRET")
    return replace(world, cloud=world.cloud.wiring(JWT_SECRET=None).setting(JWT_SECRET=text))


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_missing(world: World) -> World:
    """JWT_SECRET is wired into the service and does not exist."""
    return _holding(world, "JWT_SECRET", None)


@breaks(unmet=["GL-2.1.5"])
def database_url_without_tls(world: World) -> World:
    """The connection to the database need not be encrypted."""
    return _url(world, "sslmode=verify-full", "sslmode=prefer")


@breaks(unmet=["GL-2.1.5"])
def database_url_silent_on_tls(world: World) -> World:
    """The connection string says nothing of encryption."""
    return _url(world, "?sslmode=verify-full", "")


@breaks(unmet=["GL-2.1.5"])
def database_url_of_another_host(world: World) -> World:
    """The connection string names another database."""
    return _url(world, "drop-db.", "drop-db-staging.")


@breaks(unmet=["GL-2.1.5"])
def database_url_of_sqlite(world: World) -> World:
    """The service keeps its data in a file."""
    return _holding(world, "DATABASE_URL", "sqlite:///data/drop.db")


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R3"], unknown=["BID-R1"])
def bankid_secret_missing(world: World) -> World:
    """BANKID_CLIENT_SECRET is wired into the service and does not exist."""
    return _holding(world, "BANKID_CLIENT_SECRET", None)


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R3"], unknown=["BID-R1"])
def bankid_secret_empty(world: World) -> World:
    """BANKID_CLIENT_SECRET is there and has no value."""
    return _holding(world, "BANKID_CLIENT_SECRET", Secret(None))


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R3"], unknown=["BID-R1"])
def bankid_secret_about_to_go(world: World) -> World:
    """BANKID_CLIENT_SECRET is scheduled for deletion."""
    text = world.cloud.text("BANKID_CLIENT_SECRET")
    return _holding(world, "BANKID_CLIENT_SECRET", Secret(text, deleted_in=timedelta(days=6)))


@breaks(unmet=["GL-1.1", "GL-2.1.6", "GL-5.1.2", "BID-R3"], unknown=["BID-R1"])
def bankid_client_not_wired(world: World) -> World:
    """BANKID_CLIENT_ID exists, and the service is not given it."""
    return replace(world, cloud=world.cloud.wiring(BANKID_CLIENT_ID=None))


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R1", "BID-R3"])
def bankid_secret_is_a_placeholder(world: World) -> World:
    """BANKID_CLIENT_SECRET is still "changeme"."""
    return _holding(world, "BANKID_CLIENT_SECRET", "changeme")


@breaks(unmet=["GL-1.3", "GL-2.1.7", "KYC-R1", "KYC-R3"])
def sumsub_token_of_the_sandbox(world: World) -> World:
    """SUMSUB_APP_TOKEN is one of the sandbox."""
    return _holding(world, "SUMSUB_APP_TOKEN", world.cloud.text("SUMSUB_APP_TOKEN").replace("prd:", "sbx:"))


@breaks(unmet=["GL-1.3", "GL-2.1.7", "KYC-R1", "KYC-R3"])
def sumsub_secret_empty(world: World) -> World:
    """SUMSUB_SECRET_KEY is a blank."""
    return _holding(world, "SUMSUB_SECRET_KEY", " ")


@breaks(unmet=["GL-2.1.7", "KYC-R3"], unknown=["GL-1.3", "GL-2.3.4", "KYC-R1"])
def sumsub_secret_missing(world: World) -> World:
    """SUMSUB_SECRET_KEY is wired into the service and does not exist."""
    return _holding(world, "SUMSUB_SECRET_KEY", None)


@breaks(unmet=["GL-2.1.8", *WEBHOOK])
def slack_webhook_of_another(world: World) -> World:
    """SLACK_WEBHOOK_URL leads to a host that is not Slack's."""
    url = world.cloud.text("SLACK_WEBHOOK_URL").replace("hooks.slack.com", "hooks.slack.com.example")
    return _holding(world, "SLACK_WEBHOOK_URL", url)


@breaks(unmet=["GL-2.1.8", *WEBHOOK])
def slack_webhook_in_plain_http(world: World) -> World:
    """SLACK_WEBHOOK_URL is not https."""
    url = world.cloud.text("SLACK_WEBHOOK_URL").replace("https://", "http://")
    return _holding(world, "SLACK_WEBHOOK_URL", url)
