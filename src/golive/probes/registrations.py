"""Where Sumsub sends its reports, which, and signed how: the webhooks that are registered with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field

from golive.errors import ProbeError, Unreadable
from golive.probes.http import formed
from golive.probes.secrets import fingerprint
from golive.probes.sumsubcalls import SUMSUB, Camel, as_gate, word

if TYPE_CHECKING:
    from golive.probes.reach import Reach


# Whom Sumsub verifies, as its reports name them (https://docs.sumsub.com/docs/user-verification-webhooks).
APPLICANTS = frozenset({"individual", "company"})
_OLDEST = 50  # the list of webhooks is cut there


class _Webhook(Camel):
    id: str
    target: str
    target_type: str
    types: tuple[str, ...]
    secret_key: str | None = Field(default=None, repr=False)
    signature_algorithm: str | None = None
    disabled: bool = False
    not_resend_failed_webhooks: bool = False
    # The dashboard offers individuals, companies or both; how both, and nothing said, are written is not documented.
    applicant_type: str | tuple[str, ...] | None = None


class _Items(Camel):
    items: tuple[_Webhook, ...]


class _List(Camel):
    list: _Items


@dataclass(frozen=True, slots=True)
class Webhook:
    """One registration. What it sends elsewhere than to a URL (an e-mail address, a channel) is not told."""

    id: str
    kind: str  # "http", or what else it sends to
    target: str  # the URL; of another host than the environment's only that host; "" where it is no URL
    ours: bool  # whether the target is at a host of the environment
    types: tuple[str, ...]
    algorithm: str
    disabled: bool
    resends: bool  # what could not be delivered
    key: str | None  # fingerprint, comparable with those of the service's secrets; None where Sumsub does not tell
    applicants: tuple[str, ...] | None = None  # on whom it reports: "individual", "company"; None where it is not told


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What Sumsub has registered."""

    source: str
    webhooks: tuple[Webhook, ...]

    def to(self, url: str) -> tuple[Webhook, ...]:
        """Those that send to *url*, and are not switched off."""
        return tuple(hook for hook in self.webhooks if hook.target == url and hook.ours and not hook.disabled)

    @property
    def receivers(self) -> tuple[str, ...]:
        """The URLs of ours that are sent to."""
        return tuple(sorted({hook.target for hook in self.webhooks if hook.ours and not hook.disabled}))


def signing_keys(reach: Reach, webhooks: Webhooks) -> Mapping[str, tuple[str, str]]:
    """
    For each receiver of ours the key and the algorithm with which Sumsub signs; they must not leave the probe.

    ProbeError where Sumsub does not tell, or tells another than a moment ago.
    """
    found: dict[str, tuple[str, str]] = {}
    for hook in registered(reach):
        shown = told(reach, hook)
        if shown.target in webhooks.receivers and not shown.disabled:
            if not hook.secret_key or shown not in webhooks.webhooks:
                raise ProbeError(SUMSUB, f"it does not tell the key of webhook {shown.id}, or has changed it meanwhile")
            found[shown.target] = (hook.secret_key, shown.algorithm)
    return found


def registered(reach: Reach) -> tuple[_Webhook, ...]:
    """All webhooks as Sumsub lists them, keys included: they must not leave the probe."""
    reply = as_gate(reach, reach.environment.sumsub.webhooks)
    hooks = formed(reply, _List, SUMSUB).list.items
    if len(hooks) >= _OLDEST:
        raise Unreadable(reply.url, f"Sumsub lists {_OLDEST} webhooks and leaves the newer ones out")
    for hook in hooks:
        if hook.secret_key:
            reach.hold(f"the key of Sumsub's webhook {hook.id}", hook.secret_key)
    return hooks


def told(reach: Reach, hook: _Webhook) -> Webhook:
    """What of *hook* may be told; its key by a fingerprint."""
    ours, target = _target(reach, hook)
    return Webhook(
        id=hook.id,
        kind=word(hook.target_type),
        target=target,
        ours=ours,
        types=tuple(sorted(filter(None, map(word, hook.types)))),
        algorithm=word(hook.signature_algorithm),
        disabled=hook.disabled,
        resends=not hook.not_resend_failed_webhooks,
        key=fingerprint(reach, hook.secret_key) if hook.secret_key else None,
        applicants=_applicants(hook.applicant_type),
    )


def _applicants(said: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    """On whom a webhook reports; None where that is not told, or in a word that its documentation does not have."""
    words = (said,) if isinstance(said, str) else said or ()
    return tuple(sorted(words)) if words and set(words) <= APPLICANTS else None


def _target(reach: Reach, hook: _Webhook) -> tuple[bool, str]:
    """Whether the target is ours, and what of it may be told: a query may hold what opens a door."""
    if hook.target_type != "http":
        return False, ""
    try:
        url = urlsplit(hook.target)
        host = (url.hostname or "").lower()
    except ValueError:
        return False, ""
    if host not in reach.environment.network.hosts:
        return False, host
    if url.query or url.username or url.password:
        return True, f"{url.scheme}://{host}{url.path}?…"
    return True, hook.target
