"""Sentences about what people signed: who says so, and how long ago."""

from __future__ import annotations

from golive.standing import Signature
from golive.vocabulary import judges


@judges("this is signed by the {role}", also_given=True)
def is_signed(signature: Signature, role: str, docstring: str) -> None:
    signature.demand(role, docstring)


@judges("the signature is at most {days:d} days old")
def signature_is_young(signature: Signature, days: int) -> None:
    signature.demand_age(days)
