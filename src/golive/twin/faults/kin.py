"""Wide kin, declared once: the items that fall together, and why."""

from golive.twin.cloud import FLAGS

RUNBOOKS = ("AISP", "BID", "PISP", "KYC", "SWAN")


def ready(*numbers: int, of: tuple[str, ...] = RUNBOOKS) -> tuple[str, ...]:
    """The readiness items of these numbers, of the failure runbooks *of*."""
    return tuple(f"{runbook}-R{number}" for runbook in of for number in numbers)


# Every readiness item that a scenario decides.
READINESS = ready(1, 2, 3, 4, 5, 6, 7, 8)
# Whatever asks EC2 by which rules the service gets out.
WAY_OUT = ready(1, 4)
# Whatever reads the script that browsers run.
BUNDLE = ("GL-2.2.2", "GL-3.3.2", *(f"GL-4.{number}" for number in range(1, len(FLAGS) + 1)), "GL-1.9")
# Whatever needs to know what Drop's own login asks BankID for.
LOGIN = ("GL-2.3.2", "GL-3.2.1", "GL-3.2.2", "GL-3.2.3")
# Whatever asks BankID itself.
BANKID = ("GL-1.1", "BID-R1", *LOGIN)
# Whatever opens a page of getdrop.no with a client that verifies TLS.
PAGES = (
    *("GL-2.3.4", "GL-2.4.3", "GL-2.4.4", "GL-3.1.2", "GL-3.3.4", "GL-3.3.10", "GL-3.3.12", "GL-5.3.1"),
    *("GL-7.2", "GL-7.3", *LOGIN, *BUNDLE),
)
# Whatever a browser opens.
BROWSER = ("GL-3.3.5", "GL-3.3.6", "GL-7.4", "GL-7.5")
# Whatever reads the configuration of the service.
SETTINGS = ("GL-2.2.3", "GL-2.2.6", "GL-3.3.1", *BUNDLE)
# Whatever reads the texts of secrets.
SECRETS = (
    *("GL-1.1", "GL-1.3", "GL-2.3.4", *(f"GL-2.1.{number}" for number in (4, 5, 6, 7, 8))),
    *("BID-R1", "KYC-R1", "SWAN-R1", *ready(3)),
)
# Whatever shows a provider of Open Banking the credentials that the service is given.
PROVIDER = ("GL-1.2", "GL-2.3.5", "AISP-R1", "PISP-R1")
SWAN = ("GL-1.2", "PISP-R1", "SWAN-R1")
# Whatever asks whether a provider is there; and how it is when nobody is, and not when we are merely turned away.
NEONOMICS_THERE, SWAN_THERE = ready(4, of=("AISP", "PISP")), ready(4, of=("PISP", "SWAN"))
AWAY = frozenset({"off", "broken", "garbage"})
# Whatever asks Sumsub.
SUMSUB = ("GL-1.3", "GL-2.3.3", "GL-2.3.4", "KYC-R1")
# Whatever asks the database itself; an act at Sumsub's webhook shows by it that nothing has changed.
DATABASE = (
    *("GL-2.2.5", "GL-2.2.6", "GL-2.3.4", "GL-6.1.3", "GL-6.1.4", "GL-6.2.5", "GL-7.6"),
    *ready(1, 5),
    *ready(6, of=("AISP", "PISP", "KYC")),
)
# Whatever asks RDS, or EC2 about what RDS said.
RDS = ("GL-1.8", "GL-2.1.2", "GL-3.1.3", "GL-3.1.4", "GL-3.1.5")
# Whatever reads the application's log, and whatever is held against the number of requests.
MEASURED_IN_THE_LOG = ready(6, of=("AISP", "BID", "SWAN"))
LOGS = ("GL-2.5.5", "GL-6.1.2", "GL-6.2.4", "GL-7.6", *ready(1, 2), *MEASURED_IN_THE_LOG)
REQUESTS = ("GL-6.1.2", "GL-6.1.5", "GL-6.2.3")
# Whatever needs the role that deploys.
WAYS_BACK = ("GL-5.1.1", "GL-5.1.2")
# Whatever demands that every monitor is green.
GREEN = ("GL-3.4.2", "GL-5.3.2")
# Whatever asks BetterStack's API.
BETTERSTACK = (
    *("GL-1.6", "GL-2.5.1", "GL-2.5.2", "GL-2.5.3", "GL-2.5.6", "GL-3.4.1", "GL-3.5.4", "GL-5.2.2", "GL-6.1.5"),
    "GL-6.2.1",
    *GREEN,
    *ready(7),
)
# Whatever is posted by the service's webhook of Slack, whatever needs that webhook, and whatever reads #drop-ops.
POSTED = ("GL-2.5.4", "GL-5.2.1")
WEBHOOK = ("GL-1.7", *POSTED)
CHANNEL = ("GL-3.4.3", "GL-6.2.2", *POSTED)
# Whatever a person signs, wholly or in part; acts, which may be attested as well, apart.
SIGNED = (
    *(
        "GL-1.2",
        "GL-1.9",
        "GL-1.10",
        "GL-2.3.1",
        "GL-2.3.3",
        "GL-2.3.4",
        "GL-2.3.5",
        "GL-3.2.1",
        "GL-3.2.2",
        "GL-3.2.3",
    ),
    *(f"GL-3.3.{number}" for number in (7, 8, 9, 10, 11, 12)),
    *("GL-3.4.3", "GL-3.5.1", "GL-3.5.2", "GL-3.5.3", "GL-3.5.4", "GL-5.1.1", "GL-5.1.2", "GL-5.2.3", "GL-5.3.3"),
    *("GL-5.3.4", "GL-6.1.1", "GL-6.1.2", "GL-6.1.6", "GL-6.2.2", "GL-7.1", "GL-7.6"),
    *ready(8),
)
# Whatever a person signs of the image that is launched: where nobody can see which that is, nobody can say.
SIGNED_OF_THE_IMAGE = (
    *("GL-1.10", "GL-2.3.1", "GL-2.3.3", "GL-2.3.4", "GL-2.3.5", "GL-3.2.1", "GL-3.2.2", "GL-3.2.3"),
    *(f"GL-3.3.{number}" for number in (7, 8, 9, 10, 12)),
    *("GL-5.1.1", "GL-5.1.2", "GL-6.1.2"),
)
# Every item that has a scenario today: where the target cannot be known, nothing is judged.
ALL = tuple(
    dict.fromkeys(
        (
            *("GL-1.4", "GL-1.5", "GL-2.1.1", "GL-2.1.3", "GL-2.2.1", "GL-2.2.4", "GL-2.3.6"),
            *("GL-2.4.1", "GL-2.4.2", "GL-3.1.1", "GL-3.3.3"),
            *(*WEBHOOK, *BETTERSTACK, *CHANNEL, *SUMSUB, *PROVIDER, *LOGS, *REQUESTS, *WAYS_BACK),
            *(*PAGES, *BANKID, *BROWSER, *SETTINGS, *SECRETS, *DATABASE, *RDS, *SIGNED, *READINESS),
        )
    )
)
