"""IAM's SimulatePrincipalPolicy, which moto has not: whether a role's statements allow an action on a thing.

As IAM does: an explicit deny wins, what nothing allows is denied, and a condition on a key that the question does not
give is not met, and named as missing.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from golive.twin.wire import Answer, Question, refuse

PASSED_TO = "iam:PassedToService"


@dataclass(frozen=True, slots=True)
class Statement:
    """*passed_to*: the services of the condition on `iam:PassedToService`; empty for no condition."""

    actions: tuple[str, ...]
    on: tuple[str, ...]
    effect: Literal["Allow", "Deny"] = "Allow"
    passed_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role by its ARN."""

    arn: str
    statements: tuple[Statement, ...]


def answer(question: Question, roles: tuple[Role, ...], *, everybody: bool = False) -> Answer:
    """What IAM says to *question*; *everybody* is a mad one that knows every role, and lets it do everything."""
    if question.operation != "SimulatePrincipalPolicy":
        return refuse("query", HTTPStatus.BAD_REQUEST, "InvalidAction", f"no such action: {question.operation}")
    form = {name: values[0] for name, values in parse_qs(question.body.decode(), keep_blank_values=True).items()}
    wanted = form.get("PolicySourceArn", "")
    role = next((role for role in roles if role.arn == wanted), None)
    if everybody:
        role = Role(wanted, (Statement(("*",), ("*",)),))
    if role is None:
        words = f"The role with name {wanted.rpartition('/')[2]} cannot be found."
        return refuse("query", HTTPStatus.NOT_FOUND, "NoSuchEntity", words)
    actions = list(_members(form, "ActionNames.member"))
    if not actions:
        return refuse("query", HTTPStatus.BAD_REQUEST, "InvalidInput", "ActionNames is missing")
    context = dict(_context(form))
    results = "".join(
        _result(action, on, *_decision(role, action, on, context))
        for action in actions
        for on in _members(form, "ResourceArns.member")
    )
    said = (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>0f8fad5b-d9cb-469f-a165-70867728950e</RequestId>"
        "</ResponseMetadata></SimulatePrincipalPolicyResponse>"
    )
    return Answer(HTTPStatus.OK, {"Content-Type": "text/xml"}, said.encode())


def _members(form: Mapping[str, str], prefix: str) -> Iterator[str]:
    number = 1
    while (name := f"{prefix}.{number}") in form:
        yield form[name]
        number += 1


def _context(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    number = 1
    while (name := f"ContextEntries.member.{number}.ContextKeyName") in form:
        yield form[name], form.get(f"ContextEntries.member.{number}.ContextKeyValues.member.1", "")
        number += 1


def _decision(role: Role, action: str, on: str, context: Mapping[str, str]) -> tuple[str, bool]:
    """The word, and whether a condition's key was missing."""
    fitting = [
        statement
        for statement in role.statements
        if any(fnmatch.fnmatchcase(action.lower(), one.lower()) for one in statement.actions)
        and any(fnmatch.fnmatchcase(on, one) for one in statement.on)
    ]
    met = [one for one in fitting if not one.passed_to or context.get(PASSED_TO) in one.passed_to]
    missing = any(one.passed_to for one in fitting) and PASSED_TO not in context
    if any(one.effect == "Deny" for one in met):
        return "explicitDeny", missing
    return ("allowed" if met else "implicitDeny"), missing


def _result(action: str, on: str, decision: str, missing: bool) -> str:
    keys = f"<member>{PASSED_TO}</member>" if missing else ""
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(on)}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues>{keys}</MissingContextValues>"
        "</member>"
    )
