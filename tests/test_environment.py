"""An environment file says where to look, and nothing in it or around it is taken on trust."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from golive.environment import Detour, drop_redirections, load
from golive.errors import Denied, SetupError, Unreachable
from golive.probes.reach import Reach
from golive.ssh import public_of
from golive.tomllines import line_of

HOME = Path(__file__).parents[1]
TEXT = (HOME / "environments/rehearsal/environment.toml").read_text(encoding="utf-8")


def written(home: Path, text: str, name: str = "rehearsal") -> Path:
    folder = home / "environments" / name
    folder.mkdir(parents=True)
    (folder / "environment.toml").write_text(text, encoding="utf-8")
    return home


@pytest.mark.parametrize("name", ["rehearsal", "staging", "production"])
def test_each_environment_can_be_read(name: str) -> None:
    """The environments that the project carries keep to their own rules."""
    assert load(name, HOME).name == name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('account = "324480209768"', 'acount = "324480209768"', "aws.acount: Extra inputs are not permitted"),
        ("answer_seconds = 3.0", 'answer_seconds = "soon"', "network.answer_seconds"),
        ("quiet_seconds = 0.3", "quiet_seconds = 0", "network.quiet_seconds"),
        ('kind = "rehearsal"', 'kind = "live"', 'kind = "rehearsal" belongs to the environment named rehearsal'),
        ('region = "eu-west-1"', 'region = "eu-north-1"', "service_arn names another account or region"),
        ('    "auth.bankid.no",\n    "api.github.com",\n', '    "auth.bankid.no",\n', "does not list api.github.com"),
        ('token = { variable = "GOLIVE_GITHUB_TOKEN" }', 'token = "ghp_abc"', "github.token"),
        ("[site]", "[site", "not TOML"),
        (
            'production_tag = "production"',
            'release_tag = "sha-("\nproduction_tag = "x"',
            "this is no regular expression",
        ),
        ('production_tag = "production"', 'release_tag = "v.*"\nproduction_tag = "x"', "no group for the commit"),
        ('checks = { "E2E" = "e2e" }', 'checks = { "E2E" = "" }', "github.checks.E2E"),
        ('checks = { "E2E" = "e2e" }', 'app = "GitHub Actions"', "github.app"),
        ('company = "Drop"', 'company = " "', "betterstack.company"),
        ('name = "rehearsal"', 'name = "production"', "but the folder is"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A mistake in the file is one sentence with file, line and rule."""
    assert old in TEXT
    with pytest.raises(SetupError, match=r"environments/rehearsal/environment\.toml") as caught:
        load("rehearsal", written(tmp_path, TEXT.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_is_the_right_one(tmp_path: Path) -> None:
    """The number in the message is the line of the key that is wrong."""
    changed = TEXT.replace("answer_seconds = 3.0", 'answer_seconds = "soon"', 1)
    line = changed.splitlines().index('answer_seconds = "soon"') + 1
    with pytest.raises(SetupError, match=rf"environment\.toml:{line}: network\.answer_seconds"):
        load("rehearsal", written(tmp_path, changed))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["evidence", "0", "file"], 3),
        (["evidence", "1", "sha256"], 4),
        (["evidence", "2"], 6),
        (["evidence", "7"], 2),
        (["bound_to", "image_digest"], 8),
        (["names", "1"], 9),
        (["names", "2"], 10),
        (["table", "list", "0", "b"], 12),
        (["table", "list", "1"], 13),
    ],
)
def test_the_line_of_what_stands_inside_of_a_value(path: list[str], line: int) -> None:
    """Also in lists over several lines, of tables or of texts that hold what else opens or parts one."""
    text = """item = "x"
evidence = [   # two files, [and] more
  { file = "a, [b] = {c}", sha256 = "1" },
  { sha256 = "2", file = 'b' },
  # not this
  { file = "c" },
]
bound_to = { configuration = "y", image_digest = "z" }
names = ["a]", "b",
  "c"]
[table]
list = [{ a = [1, 2], b = 3 },
  { a = 4 }]
"""
    assert line_of(text, path) == line


KEYS = [public_of(Ed25519PrivateKey.generate()).line for _ in range(2)]
PEOPLE = f'''
[[people]]
name = "first"
roles = ["reviewer"]
keys = ["{KEYS[0]} first@work"]

[[people]]
name = "second"
roles = ["author"]
keys = ["{KEYS[1]}"]

[github]
'''


def test_people_have_roles_and_keys(tmp_path: Path) -> None:
    """A key's comment is no part of it, and people stand in the order of the file."""
    home = written(tmp_path, TEXT.replace("[github]\n", PEOPLE, 1))
    people = load("rehearsal", home).people[-2:]
    assert [(person.name, person.roles, person.keys) for person in people] == [
        ("first", ("reviewer",), (KEYS[0],)),
        ("second", ("author",), (KEYS[1],)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('roles = ["author"]', 'roles = ["auther"]', "roles", "Input should be 'go-live owner'"),
        ('roles = ["author"]', "roles = []", "roles", "at least 1 item"),
        ('name = "second"', 'name = "Second Person"', "name", "should match pattern"),
        (f'keys = ["{KEYS[1]}"]', 'keys = ["ssh-ed25519 AAAA"]', "keys", "no public key that can be used"),
        (f'keys = ["{KEYS[1]}"]', 'keys = ["ssh-dss AAAAB3NzaC1kc3M="]', "keys", "no public key that can be used"),
        (f'keys = ["{KEYS[1]}"]', 'key = "x"', "key", "Extra inputs"),
    ],
)
def test_a_mistake_about_a_person_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, key: str, said: str
) -> None:
    """What is wrong with the second of two people is told with the second's line."""
    text = TEXT.replace("[github]\n", PEOPLE.replace(old, new, 1), 1)
    line = text.splitlines().index(new) + 1
    with pytest.raises(SetupError, match=rf"environment\.toml:{line}: people\.\d+\.{key}") as caught:
        load("rehearsal", written(tmp_path, text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "second"', 'name = "first"', "two people are called first"),
        (KEYS[1], KEYS[0], "two keys are"),
    ],
)
def test_people_can_be_told_apart(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Two people with one name or one key could not be told apart by what they sign."""
    text = TEXT.replace("[github]\n", PEOPLE.replace(old, new, 1), 1)
    with pytest.raises(SetupError, match=said):
        load("rehearsal", written(tmp_path, text))


def test_an_unknown_environment_names_those_that_are() -> None:
    """Who mistypes the name is told which there are."""
    with pytest.raises(SetupError, match="there are: production, rehearsal, staging"):
        load("prod", HOME)


def test_what_the_shell_redirects_is_dropped_and_named() -> None:
    """Endpoints, profiles, proxies, authorities and PG* do not reach the looks; their names are told."""
    redirecting = (
        *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_RDS", "AWS_PROFILE", "AWS_CA_BUNDLE", "https_proxy"),
        *("SSL_CERT_FILE", "SSLKEYLOGFILE", "PGHOST", "PGSERVICEFILE"),
    )
    variables = dict.fromkeys((*redirecting, "AWS_ACCESS_KEY_ID", "PATH"), "x")
    assert drop_redirections(variables) == tuple(sorted(redirecting))
    assert set(variables) == {"AWS_ACCESS_KEY_ID", "PATH"}


def live_reach(address: str) -> Reach:
    """The way to production's hosts, all of which resolve to *address*."""

    class Resolved(Reach):
        def resolve(self, host: str) -> tuple[str, ...]:  # noqa: ARG002
            return (address,)

    return Resolved(load("production", HOME), Detour(), ask=lambda look: look.observe(None), variables={})  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1", "::1", "fd00::1"])
def test_a_live_environment_refuses_private_addresses(address: str) -> None:
    """Production's public names may not lead to this machine or its network: somebody is pretending."""
    with pytest.raises(Denied, match="this machine or its own network"):
        live_reach(address).dial("getdrop.no", 443)


def test_a_host_that_is_not_listed_is_refused() -> None:
    """Nothing outside the environment's list is ever reached."""
    with pytest.raises(Denied, match=r"not in the environment's network\.hosts"):
        live_reach("93.184.216.34").dial("example.com", 443)


def test_the_rehearsal_reaches_the_twin_only() -> None:
    """An address that the twin does not have leads nowhere, not to the internet."""
    reach = Reach(load("rehearsal", HOME), Detour(), ask=lambda look: look.observe(None))  # type: ignore[arg-type]
    reach.found("addresses of getdrop.no", lambda: ("93.184.216.34",))
    with pytest.raises(Unreachable):
        reach.dial("getdrop.no", 443)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('id = "E2QWRUHEXAMPLE"', "network.hosts does not list ip-ranges.amazonaws.com"),
        ('id = "d111111abcdef8.cloudfront.net"', "aws.distribution.id: String should match pattern"),
        ('id = "E2QWRUHEXAMPLE"\nhost = "x.no"', "aws.distribution.host: Extra inputs are not permitted"),
        ("", "aws.distribution.id: Field required"),
    ],
)
def test_a_distribution_is_named_by_its_id_and_needs_amazons_page(tmp_path: Path, table: str, said: str) -> None:
    """Without a table there is no CDN; with one, the page that says which addresses are CloudFront's must be listed."""
    assert load("rehearsal", HOME).aws.distribution is None
    with pytest.raises(SetupError) as caught:
        load(
            "rehearsal", written(tmp_path, TEXT.replace("[database]\n", f"[aws.distribution]\n{table}\n\n[database]\n"))
        )
    assert said in str(caught.value)
