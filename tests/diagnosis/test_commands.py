"""What a line for the shell or for the database may change: what is not known as reading counts as changing."""

from __future__ import annotations

import pytest

from golive.diagnosis.commands import filled, placeholders, shell_changes, simple_commands, sql_changes


@pytest.mark.parametrize(
    ("shell", "changes"),
    [
        ("aws apprunner describe-service", False),
        ("aws logs filter-log-events | jq '.x > 1'", False),
        ("aws apprunner start-deployment", True),
        ("aws apprunner", True),
        ("aws ec2 frobnicate", True),
        ("aws apprunner describe-service > source.json\naws apprunner update-service", True),
        ("dig a.no", False),
        ("curl https://a.no", False),
        ("curl -X GET https://a.no", False),
        ("curl -X POST https://a.no", True),
        ("curl --request DELETE https://a.no", True),
        ("curl -d x=1 https://a.no", True),
        ("curl -dx=1 https://a.no", True),
        ("curl --data-urlencode x@f https://a.no", True),
        ("curl --json '{}' https://a.no", True),
        ("curl -F a=@b https://a.no", True),
        ("curl -T file https://a.no", True),
        ("curl -d grant_type=client_credentials '{{swan_token_url}}'", False),
        ("curl -X DELETE -d grant_type=client_credentials '{{swan_token_url}}'", True),
        ("curl -d x=1 'https://{{host}}/token'", True),
    ],
)
def test_a_command_that_may_change_something_is_known(shell: str, changes: bool) -> None:
    """Reading operations and plain fetching read; asking for a token leaves nothing behind; all else changes."""
    assert shell_changes(shell) is changes


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        ("SELECT count(*) FROM users WHERE created_at > now()", False),
        ("SELECT updated_at, settings FROM users", False),
        ("update users set x = 1", True),
        ("SELECT 1; DROP TABLE users", True),
        ("WITH gone AS (DELETE FROM sessions RETURNING 1) SELECT * FROM gone", True),
        ("SELECT * FROM users FOR UPDATE", True),
        ("TRUNCATE sessions", True),
    ],
)
def test_a_statement_that_may_change_something_is_known(sql: str, changes: bool) -> None:
    """A word that writes anywhere in it makes it one that changes."""
    assert sql_changes(sql) is changes


def test_a_command_is_taken_apart_as_a_shell_would() -> None:
    """Lines, pipes, quotes and files to write to."""
    assert simple_commands("aws logs x \\\n  --y 'a | b' | jq '.[]\n | .c' > out.json\ndig a.no") == [
        ["aws", "logs", "x", "--y", "a | b"],
        ["jq", ".[]\n | .c"],
        ["dig", "a.no"],
    ]


@pytest.mark.parametrize("shell", ["rm -rf /", "aws x describe-y; rm z", "dig a.no && reboot", "jq . | sh", "(reboot)"])
def test_no_other_program_is_handed_over(shell: str) -> None:
    """Only the four programs of the runbooks, wherever another stands."""
    with pytest.raises(ValueError, match="none of aws, curl, jq, dig"):
        simple_commands(shell)


@pytest.mark.parametrize("shell", ["dig $(reboot)", "dig `reboot`", "dig $HOST"])
def test_nothing_runs_inside_a_command(shell: str) -> None:
    """What is shown is what runs."""
    with pytest.raises(ValueError, match="no variables, and no command inside another"):
        simple_commands(shell)


@pytest.mark.parametrize("text", ["{{}}", "{{Host}}", "{{ host }}", "{{host:X}}", "{{arn_of}}", "{{nobody}}"])
def test_an_unknown_placeholder_is_refused(text: str) -> None:
    """A slip in a placeholder would else be shown to somebody in a hurry."""
    with pytest.raises(ValueError, match=r"\{\{"):
        placeholders(text)


def test_placeholders_are_filled() -> None:
    """With their arguments, each where it stands; GraphQL's and jq's own braces stay."""
    text = "{a{b}} {{host}} {{arn_of:JWT_SECRET}} {{host}}"
    assert placeholders(text) == [("host", ""), ("arn_of", "JWT_SECRET"), ("host", "")]
    assert filled(text, {("host", ""): "a.no", ("arn_of", "JWT_SECRET"): "arn"}) == "{a{b}} a.no arn a.no"
