"""Priors and what hides what, until `features/diagnosis/<runbook>.toml` says them."""

from __future__ import annotations

from dataclasses import dataclass

from golive.errors import SetupError


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause as the failure runbook has it."""

    id: str
    title: str
    prior: float
    hidden_by: tuple[str, ...] = ()


_BANKID = (
    Cause("BID-C1", "BankID is down", 0.05, ("BID-C6",)),
    Cause("BID-C2", "The OAuth credentials are invalid", 0.20, ("BID-C1", "BID-C6")),
    Cause("BID-C3", "The callback URL does not match", 0.15, ("BID-C1", "BID-C2", "BID-C6")),
    Cause("BID-C4", "The state of a login is lost", 0.10, ("BID-C1", "BID-C2", "BID-C3", "BID-C6")),
    Cause("BID-C5", "BankID limits our rate", 0.05, ("BID-C1", "BID-C6")),
    Cause("BID-C6", "Network or firewall", 0.05),
)


def causes(runbook: str) -> tuple[Cause, ...]:
    """The causes of *runbook*; SetupError where there is no such runbook."""
    if runbook != "bankid":
        raise SetupError(f"there is no failure runbook {runbook!r}; there is: bankid")
    return _BANKID
