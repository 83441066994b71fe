"""Faults of the secrets."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

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
def jwt_secret_dated_and_signed(world: World) -> World:
    """JWT_SECRET is in a generator's alphabet, and says when it was made, and for what."""
    return _holding(world, "JWT_SECRET", "20260223T120000Z-drop-web-eu-west-1")


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_along_the_alphabet(world: World) -> World:
    """JWT_SECRET goes along the alphabet, thrice at once."""
    return _holding(world, "JWT_SECRET", "aA1bB2cC3dD4eE5fF6gG7hH8iI9jJ0kK")


@breaks(unmet=["GL-2.1.4"])
def jwt_secret_of_sixteen_bytes(world: World) -> World:
    """JWT_SECRET is random and 32 characters long, and they are hexadecimal."""
    return _holding(world, "JWT_SECRET", hashlib.sha256(world.cloud.text("JWT_SECRET").encode()).hexdigest()[:32])


@breaks()
def jwt_secret_changed_after_the_deployment(world: World) -> World:
    """JWT_SECRET was given another random value two hours ago, and the service has not been deployed since."""
    text = base64.b64encode(hashlib.sha384(world.cloud.text("JWT_SECRET").encode()).digest()).decode()
    return _holding(world, "JWT_SECRET", Secret(text, age=timedelta(hours=2)))


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


@breaks(unmet=["GL-2.1.5"])
def database_url_that_leads_elsewhere_after_all(world: World) -> World:
    """The connection string names the database, and an address at the end that some clients take in its place."""
    return _holding(world, "DATABASE_URL", world.cloud.text("DATABASE_URL") + "&hostaddr=203.0.113.9")


@breaks(unmet=["GL-2.1.5"])
def database_url_that_takes_tls_back(world: World) -> World:
    """The connection string demands TLS, and says ssl=false at its end."""
    return _holding(world, "DATABASE_URL", world.cloud.text("DATABASE_URL") + "&ssl=false")


@breaks(unmet=["GL-2.1.5"])
def database_url_of_the_demonstration(world: World) -> World:
    """The connection string leads to another database of the same server."""
    return _url(world, "/drop?", "/drop_demo?")


@breaks()
def database_url_with_settings_of_its_client(world: World) -> World:
    """The connection string also says how long to wait, how to share connections, and the usual schema."""
    more = "&connect_timeout=10&connection_limit=5&pgbouncer=true&application_name=drop-web&schema=public"
    return _holding(world, "DATABASE_URL", world.cloud.text("DATABASE_URL") + more)


@breaks()
def database_url_in_words(world: World) -> World:
    """The connection string is libpq's other kind, of words, where one of them is "password"."""
    url = urlsplit(world.cloud.text("DATABASE_URL"))
    where = f"host={url.hostname} port={url.port} dbname={url.path[1:]} user={url.username} password={url.password}"
    return _holding(world, "DATABASE_URL", f"{where} sslmode=verify-full")


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


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R1", "BID-R3"])
def bankid_secret_too_short(world: World) -> World:
    """BANKID_CLIENT_SECRET is random, and ten characters long."""
    return _holding(world, "BANKID_CLIENT_SECRET", world.cloud.text("BANKID_CLIENT_SECRET")[:10])


@breaks(unmet=["GL-1.1", "GL-2.1.6", "BID-R1", "BID-R3"])
def bankid_client_is_its_own_name(world: World) -> World:
    """BANKID_CLIENT_ID says "BANKID_CLIENT_ID"."""
    return _holding(world, "BANKID_CLIENT_ID", "BANKID_CLIENT_ID")


@breaks(unmet=["GL-1.3", "GL-2.1.7", "KYC-R1", "KYC-R3"])
def sumsub_token_of_a_mark_alone(world: World) -> World:
    """SUMSUB_APP_TOKEN is of production by its mark, and hardly anything stands behind it."""
    return _holding(world, "SUMSUB_APP_TOKEN", "prd:4f1c9a")


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
