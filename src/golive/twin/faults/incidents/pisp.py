"""Incidents of payments."""

from golive.twin.faults.incidents.aisp import ended
from golive.twin.faults.incidents.telling import failed_payments, line, over_time, said
from golive.twin.faults.register import incident
from golive.twin.world import World

_PAYERS = (4, 8, 11, 13, 17, 19, 22, 27, 31, 33)
_OF_ONE_BANK = (5, 10, 15, 20, 25, 30)  # customers of DNB, as the twin deals out its banks


@incident("PISP-C2")
def payments_without_consent(world: World) -> World:
    """The consents of ten customers have ended, and what they pay comes back."""
    codes = ("CONSENT_EXPIRED", "CONSENT_EXPIRED", "ACCOUNT_NOT_ACCESSIBLE")
    return failed_payments(ended(world, _PAYERS), codes, _PAYERS)


@incident("PISP-C3")
def customers_are_short_of_money(world: World) -> World:
    """It is the day before the salaries: ten customers at five banks have too little on their accounts."""
    return failed_payments(world, ("INSUFFICIENT_FUNDS",), _PAYERS)


@incident("PISP-C4")
def one_bank_rejects_payments(world: World) -> World:
    """The fraud detection of one bank takes payments through Drop for suspicious."""
    return failed_payments(world, ("PAYMENT_REJECTED", "SECURITY_BLOCK"), _OF_ONE_BANK)


@incident("PISP-C5")
def payments_are_rate_limited(world: World) -> World:
    """Neonomics takes only some of our payments, and answers the rest with 429."""
    lines = [
        line(age, "payment", "warn", message="Too Many Requests", status=429, attempt=1 + number % 3)
        for number, age in enumerate(over_time(40))
    ]
    return said(failed_payments(world, ("RATE_LIMIT_EXCEEDED",), _PAYERS[:6]), *lines)


@incident("PISP-C6")
def recipients_are_mistyped(world: World) -> World:
    """The form no longer checks what is typed: six payments go to numbers that there cannot be."""
    codes = ("INVALID_IBAN", "INVALID_IBAN", "ACCOUNT_NOT_FOUND")
    return failed_payments(world, codes, _PAYERS[:6], recipient_iban="DE89370400440532013001")


# What the runbook calls each cause by: one alone is enough.
_CODES = {
    "PISP-C2": ("CONSENT_EXPIRED", "CONSENT_INVALID", "ACCOUNT_NOT_ACCESSIBLE"),
    "PISP-C4": ("PAYMENT_REJECTED", "SECURITY_BLOCK", "LIMIT_EXCEEDED"),
    "PISP-C6": ("INVALID_IBAN", "ACCOUNT_NOT_FOUND"),
}


def _fail_with(cause: str, code: str) -> None:
    def fail(world: World) -> World:
        return failed_payments(world, (code,), _PAYERS[:6])

    fail.__name__ = f"payments_end_with_{code.lower()}"
    fail.__doc__ = f"Payments of six customers end with {code}, and with nothing else."
    incident(cause)(fail)


for _cause, _codes in _CODES.items():
    for _code in _codes:
        _fail_with(_cause, _code)
