"""Wide kin, declared once: the items that fall together, and why."""

from golive.twin.cloud import FLAGS

# Whatever reads the script that browsers run.
BUNDLE = ("GL-2.2.2", "GL-3.3.2", *(f"GL-4.{number}" for number in range(1, len(FLAGS) + 1)))
# Whatever opens a page of getdrop.no with a client that verifies TLS.
PAGES = ("GL-2.4.3", "GL-2.4.4", "GL-3.1.2", "GL-3.3.4", "GL-5.3.1", "GL-7.2", "GL-7.3", *BUNDLE)
# Whatever a browser opens.
BROWSER = ("GL-3.3.5", "GL-3.3.6", "GL-7.4", "GL-7.5")
# Whatever reads the configuration of the service.
SETTINGS = ("GL-2.2.3", "GL-2.2.6", "GL-3.3.1", *BUNDLE)
# Whatever reads the texts of secrets.
SECRETS = tuple(f"GL-2.1.{number}" for number in (4, 5, 6, 7, 8))
# Whatever asks the database itself.
DATABASE = ("GL-2.2.5", "GL-2.2.6", "GL-6.1.3", "GL-6.1.4", "GL-6.2.5", "GL-7.6")
# Whatever asks RDS, or EC2 about what RDS said.
RDS = ("GL-1.8", "GL-2.1.2", "GL-3.1.3", "GL-3.1.4", "GL-3.1.5")
# Whatever reads the application's log, and whatever is held against the number of requests.
LOGS = ("GL-2.5.5", "GL-6.1.2", "GL-6.2.4", "GL-7.6")
REQUESTS = ("GL-6.1.2", "GL-6.2.3")
# Whatever needs the role that deploys.
WAYS_BACK = ("GL-5.1.1", "GL-5.1.2")
# Every item that a machine decides today: where the target cannot be known, nothing is judged.
ALL = (
    *("GL-1.4", "GL-1.5", "GL-1.8", "GL-2.1.1", "GL-2.1.2", "GL-2.1.3", *SECRETS, "GL-2.2.1", "GL-2.2.2", "GL-2.2.3"),
    *("GL-2.2.4", "GL-2.2.5", "GL-2.2.6", "GL-2.4.1", "GL-2.4.2", "GL-2.4.3", "GL-2.4.4", "GL-3.1.1", "GL-3.1.2"),
    *("GL-3.1.3", "GL-3.1.4", *(f"GL-3.3.{number}" for number in range(1, 7)), *BUNDLE[2:]),
    *(f"GL-7.{number}" for number in range(2, 7)),
    *("GL-2.5.5", "GL-3.1.5", *WAYS_BACK, "GL-5.3.1", "GL-6.1.2", "GL-6.1.3", "GL-6.1.4"),
    *(f"GL-6.2.{number}" for number in (3, 4, 5)),
)
