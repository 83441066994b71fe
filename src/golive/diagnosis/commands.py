"""What stands in a runbook's step for a person to type: taken apart, never run.

A command is refused by the papers when its step does not say that it changes something, so what is not known as reading
counts as changing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

# What a step leaves open, as {{name}} or {{name:argument}}, and what a person is to write where nobody answers it.
BLANKS: Mapping[str, str] = {
    # out of the environment file
    "bankid_discovery": "address of the discovery document of BankID",
    "bankid_host": "host of BankID",
    "host": "host of the product",
    "log_group": "log group of the application",
    "neonomics_client_id": "setting with the client id at Neonomics",
    "neonomics_client_secret": "setting with the secret at Neonomics",
    "neonomics_host": "host of Neonomics in production",
    "neonomics_token_url": "token address of Neonomics in production",
    "production_tag": "tag of the image in production",
    "region": "AWS region",
    "repository": "repository of the image",
    "resolver": "name server",
    "service_arn": "ARN of the service",
    "status_page": "host of our status page",
    "sumsub_webhook_key": "setting with the key of the webhook at Sumsub",
    "swan_client_id": "setting with the client id at Swan",
    "swan_client_secret": "setting with the secret at Swan",
    "swan_host": "host of the interface of Swan",
    "swan_token_url": "token address of Swan",
    # out of what a diagnosis saw
    "arn_of": "ARN of the secret",
    "connector_group": "security group of the VPC connector",
    "connector_subnet": "subnet of the VPC connector",
    "since_ms": "begin, in milliseconds since 1970",
    "users_key": "key of users: id or user_id",
    "vpc_connector": "ARN of the VPC connector",
    "webhook_path": "path of the webhook, as Sumsub has it registered",
    # what only the person knows
    "approver": "who approved",
    "demo_image": "image that was built for the emergency",
    "transaction_id": "id of the transaction",
    "user_id": "id of the user",
}

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)(?::(\w+))?\}\}")
_ANY_BRACES = re.compile(r"\{\{(.*?)\}\}")
_PUNCTUATION = "();<>|&\n"
_REDIRECTIONS = {">", "<"}
_READING = ("describe-", "list-", "get-", "filter-", "lookup-")
_SENDING = re.compile(r"-(d|F|T)|--(data\b|data-|form|upload-file|json)")
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|truncate|create|alter|drop|grant|revoke|copy|call|do|lock|vacuum|set)\b",
    re.IGNORECASE,
)
# Asking for a token leaves nothing behind, although it is a POST.
_TOKEN = re.compile(r"\{\{\w+_token_url\}\}")
_PROGRAMS = ("aws", "curl", "jq", "dig")


def placeholders(text: str) -> list[tuple[str, str]]:
    """Every {{name}} and {{name:argument}} of *text* as (name, argument); ValueError for one that nobody knows."""
    for inside in _ANY_BRACES.findall(text):
        if (said := _PLACEHOLDER.fullmatch(f"{{{{{inside}}}}}")) is None or said[1] not in BLANKS:
            raise ValueError(f"there is no placeholder {{{{{inside}}}}}")
        if (said[1] == "arn_of") != bool(said[2]):
            raise ValueError(f"{{{{{inside}}}}}: arn_of takes the name of a setting, the others nothing")
    return [(said[1], said[2] or "") for said in _PLACEHOLDER.finditer(text)]


def filled(text: str, values: Mapping[tuple[str, str], str]) -> str:
    """*text* with *values*, by (name, argument), in its placeholders; KeyError where one is missing."""
    return _PLACEHOLDER.sub(lambda said: values[said[1], said[2] or ""], text)


def simple_commands(shell: str) -> list[list[str]]:
    """
    The commands of *shell* as lists of words, without pipes and redirections; ValueError where a shell would refuse it.

    Only what the runbooks need: lines, pipes, redirections to files. Nothing that runs another command inside.
    """
    if "`" in shell or "$" in shell:
        raise ValueError("a command is shown as it will run: no variables, and no command inside another")
    lexer = shlex.shlex(shell.replace("\\\n", " "), posix=True, punctuation_chars=_PUNCTUATION)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    found: list[list[str]] = [[]]
    redirected = False
    for word in lexer:
        if set(word) <= set(_PUNCTUATION):
            redirected = word in _REDIRECTIONS
            if not redirected:
                found.append([])
        elif redirected:
            redirected = False
        else:
            found[-1].append(word)
    commands = [words for words in found if words]
    if strange := sorted({words[0] for words in commands} - set(_PROGRAMS)):
        raise ValueError(f"{', '.join(strange)}: none of {', '.join(_PROGRAMS)}")
    return commands


def shell_changes(shell: str) -> bool:
    """Whether a command of *shell* may change anything but a file in the reader's folder."""
    return any(_may_change(words) for words in simple_commands(shell))


def sql_changes(sql: str) -> bool:
    """Whether *sql* may change the database."""
    return bool(_WRITING.search(sql))


def _may_change(words: list[str]) -> bool:
    if words[0] == "aws":
        if "get-secret-value" in words:
            raise ValueError("a secret is never printed")
        return len(words) < 3 or not words[2].startswith(_READING)
    if words[0] == "curl":
        asked = [words[at + 1] for at, word in enumerate(words[:-1]) if word in {"-X", "--request"}]
        sent = any(_SENDING.match(word) for word in words[1:]) and not any(map(_TOKEN.fullmatch, words))
        return sent or any(method not in {"GET", "HEAD"} for method in asked)
    return False
