"""Who may sign, as what, and with which keys, as an environment file names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from golive.coordinates import Frozen
from golive.ssh import PublicKey

Role = Literal[
    "go-live owner",
    "platform engineer",
    "CEO",
    "compliance officer",
    "author",
    "reviewer",
    "approver",
    "rollback authority",
    "AI director",
]


def _public_key(line: str) -> str:
    """A public SSH key, without its comment."""
    return PublicKey.parse(line).line


class Person(Frozen):
    """Somebody who may sign, as what, and with which keys; without a key nothing that this person signs has effect."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]*$")]  # as the records' "by" names it
    full_name: str = ""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    keys: tuple[Annotated[str, AfterValidator(_public_key)], ...] = ()  # lines of ~/.ssh/id_….pub


def told_apart(people: Sequence[Person]) -> None:
    """ValueError where two of *people* have one name, or one key between them."""
    for what, said in (("people are called", [one.name for one in people]),
                       ("keys are", [key for one in people for key in one.keys])):  # fmt: skip
        if doubled := [name for name, count in Counter(said).items() if count > 1]:
            raise ValueError(f"two {what} {', '.join(doubled)}: nobody could tell who signed")
