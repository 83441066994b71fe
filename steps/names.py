"""Sentences about names and certificates: where getdrop.no leads, and how it proves that it is itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from golive.environment import Environment
from golive.probes.certificate import Served, ServedCertificate, Spoken, TlsVersions
from golive.probes.look import Look
from golive.probes.names import Addresses, Found, Issuers, IssuersAllowed
from golive.remarks import Remarks
from golive.vocabulary import judges, looks

if TYPE_CHECKING:
    from golive.probes.cloudfront import Distribution, Ranges

T = TypeVar("T")

# A name in front of many machines shows some of them at a time: what is asked often enough is told in full.
ROUNDS = 3
ROUNDS_OF_THE_SERVICE = 5
OLD = ("TLS 1.0", "TLS 1.1")
# Nothing below it may be kept by a CDN: it is one person's, or of this moment.
API = "/api/"
# Who Amazon is to a CAA record (App Runner's guide, "Managing custom domains").
AMAZON = frozenset({"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"})
# What a key needs at least, by kind (CA/Browser Forum Baseline Requirements 6.1.5).
BITS = {"RSA": 2048, "EC": 256}
WEAK_HASHES = ("md5", "sha1")


@looks('the addresses of "{name}", and of the service', target_fixture="addresses")
def addresses(name: str, environment: Environment) -> list[Look[object]]:
    asked: list[Look[object]] = [
        Addresses(name, ROUNDS),
        Addresses(environment.aws.default_host, ROUNDS_OF_THE_SERVICE),
    ]
    if environment.aws.distribution is not None:
        from golive.probes.cloudfront import CloudFrontRanges, DescribedDistribution  # which few environments need

        asked += [DescribedDistribution(environment.aws.distribution.id), CloudFrontRanges()]
    return asked


@judges("all name servers agree on where it leads")
def name_servers_agree(addresses: list[Any], remarks: Remarks) -> None:
    found: Found = addresses[0]
    front = _in_front(addresses)
    seen = {
        said.server: ", ".join(said.addresses) or ("no address" if said.exists else "no such name")
        for said in found.said
    }
    if front is not None:
        # CloudFront tells each resolver of the edges near to it, and of others a minute later: good answers differ.
        # What is agreed on then is that the name leads to CloudFront; to whose distribution, its aliases tell.
        must = "give addresses of CloudFront's and no others, since the environment file names a distribution"
        agreed = all(said.addresses and not front.ranges.outside(said.addresses) for said in found.said)
    else:
        must = "give the zone's addresses: its own servers all of them, a resolver some"
        agreed = _agreed(found)
    broken = f"; its signatures (DNSSEC) are broken: {found.broken}" if found.broken else ""
    holds = agreed and not found.broken
    assert holds, f"{found.name} is {_listed(seen)}{broken}; every name server must {must}"
    remarks.examined(sum(said.authoritative for said in found.said), f"name servers of {found.name}")
    for server in found.unseen:
        remarks.warn(f"the name server {server} was not asked: this machine has no way to its IPv6 address")


def _agreed(found: Found) -> bool:
    """
    Whether the zone's own servers say the same, and every resolver some of it.

    A resolver remembers one answer for as long as it lives, and of a name in front of many machines an answer shows
    some: to ask it again at once shows no more.
    """
    own = [said.addresses for said in found.said if said.authoritative]
    whole = own or [said.addresses for said in found.said]
    known = {address for addresses in whole for address in addresses}
    resolvers_agree = all(said.addresses and known.issuperset(said.addresses) for said in found.said)
    return len(set(whole)) == 1 and bool(whole[0]) and resolvers_agree


@judges("each address leads to the service, and to nothing else")
def addresses_lead_to_the_service(addresses: list[Any], environment: Environment, remarks: Remarks) -> None:
    found: Found = addresses[0]
    service: Found = addresses[1]
    front = _in_front(addresses)
    ours = ", ".join(sorted(service.addresses)) or "no address"
    if not any(":" not in address for address in found.addresses):
        has = f"only {', '.join(sorted(found.addresses))}" if found.addresses else "no address"
        wrong = [f"{found.name} has {has}; it must have an A record that leads to {service.name} ({ours})"]
    elif front is None:
        stray = sorted(found.addresses - service.addresses)
        also = f"{found.name} also leads to {', '.join(stray)}; {service.name} has {ours} and nothing else"
        wrong = [also] if stray else []
    else:
        stray = sorted(front.ranges.outside(found.addresses))
        wrong = [f"{found.name} leads to {', '.join(stray)}, not to CloudFront alone"] if stray else []
        wrong += _wrong_with(front.distribution, service, (environment.site.host, environment.site.www))
    assert not wrong, "; ".join(wrong)
    remarks.examined(len(found.addresses), f"addresses of {found.name}")
    if front is not None:
        behaviours, source = front.distribution.behaviours, front.distribution.source
        remarks.examined(len(behaviours), f"behaviours of {source}")
        for one in behaviours:
            for function in one.functions:
                remarks.warn(f"{source} runs {function} for {one.pattern}: nobody judged what that does")


class _Front(NamedTuple):
    """What stands in front of the service."""

    distribution: Distribution
    ranges: Ranges


def _in_front(addresses: list[Any]) -> _Front | None:
    """None where the environment file names nothing there."""
    return _Front(*addresses[2:]) if addresses[2:] else None


def _wrong_with(distribution: Distribution, service: Found, names: tuple[str, ...]) -> list[str]:
    """
    What keeps *distribution* from being the service under another address.

    Edges are everybody's: that a name there leads to this distribution is told by its aliases, for CloudFront lets a
    name stand at one distribution only.
    """
    name, wrong = distribution.source, []
    if not distribution.exists:
        return [f"there is no {name} in this account; the one that the environment file names must be in front"]
    if distribution.status != "Deployed":
        wrong.append(f"{name} is {distribution.status}; it must be Deployed")
    if not distribution.enabled:
        wrong.append(f"{name} is disabled; it must be enabled")
    if missing := [one for one in names if one not in distribution.aliases]:
        has = ", ".join(distribution.aliases) or "none"
        wrong.append(f"{name} ({distribution.domain}) lacks the alias {', '.join(missing)} and has {has}")
    if distribution.staging:
        wrong.append(f"{name} is the trial of another distribution; it must stand for itself")
    if distribution.trial:
        wrong.append(f"{name} leads some visitors to a trial (policy {distribution.trial}); it must lead all alike")
    for behaviour in distribution.behaviours:
        if set(behaviour.origins) != {service.name}:
            asked = ", ".join(behaviour.origins) or "nobody"
            wrong.append(f"{name} asks {asked} for {behaviour.pattern}; it must ask {service.name} alone, over HTTPS")
    for behaviour in distribution.below(API):
        if behaviour.kept_by:
            wrong.append(
                f"{name} may keep what {API}* answers, under {behaviour.pattern} ({behaviour.kept_by}); "
                "it must keep none of it (Amazon's policy CachingDisabled, or a greatest time to live of 0)"
            )
    if not service.addresses:
        wrong.append(f"{service.name}, which it asks, has no address")
    return wrong


@looks("the certificates served for", target_fixture="certificates")
def certificates(datatable: list[list[str]]) -> list[Look[object]]:
    return [kind(host) for (host,) in datatable for kind in (ServedCertificate, TlsVersions, IssuersAllowed)]


@judges("every certificate is trusted, and its key is strong")
def certificates_are_trusted(certificates: list[object], remarks: Remarks) -> None:
    served = _of(Served, certificates)
    wrong = {
        f"{one.host} at {shown.address}": why
        for one in served
        for shown in one.shown
        if (why := shown.distrusted or _weakness(shown.key, shown.key_bits, shown.signature_hash))
    }
    assert not wrong, (
        f"{_listed(wrong)}; every certificate must lead to a trusted root, be of its host's name, and be strong"
    )
    remarks.examined(sum(len(one.shown) for one in served), "certificates served")
    for one in served:
        for address in one.unseen:
            remarks.warn(f"{one.host} was not looked at over IPv6 ({address}): this machine has no way there")


@judges("every certificate is valid for at least {days:d} more days, and less than {warning:d} is a warning")
def certificates_last(certificates: list[object], now: datetime, days: int, warning: int, remarks: Remarks) -> None:
    ends = {
        f"{one.host} at {shown.address}": (shown.not_before, min(shown.not_after, shown.chain_ends))
        for one in _of(Served, certificates)
        for shown in one.shown
    }
    short = {
        where: f"valid from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        for where, (begin, end) in ends.items()
        if begin > now or end < now + timedelta(days=days)
    }
    assert not short, f"{_listed(short)}; every certificate must be valid now and {days} days from now"
    remarks.examined(len(ends), "certificates served")
    for where, (_, end) in ends.items():
        if end < now + timedelta(days=warning):
            remarks.warn(f"the certificate of {where} ends on {end:%Y-%m-%d}: its renewal seems to be stuck")


@judges("Amazon may renew every certificate")
def amazon_may_issue(certificates: list[object]) -> None:
    issuers = _of(Issuers, certificates)
    forbidden = {
        one.name: f"only {', '.join(one.allowed) or 'nobody'} may issue, by the CAA records of {one.stands_at}"
        for one in issuers
        if one.restricted and not AMAZON.intersection(one.allowed)
    }
    assert issuers, "no name was asked for its CAA records"
    assert not forbidden, f"{_listed(forbidden)}; amazon.com must be among them, or there must be no CAA record"


@judges("no connection older than TLS 1.2 is accepted")
def old_tls_is_refused(certificates: list[object], remarks: Remarks) -> None:
    spoken = _of(Spoken, certificates)
    old = {one.host: ", ".join(one.accepted) for one in spoken if set(OLD) & set(one.accepted)}
    assert not old, f"accepted are {_listed(old)}; TLS 1.0 and TLS 1.1 must be refused (RFC 8996)"
    for version in OLD:
        remarks.examined(sum(version in one.refused for one in spoken), f"hosts offered {version}")


def _of(kind: type[T], answers: list[object]) -> list[T]:
    return [answer for answer in answers if isinstance(answer, kind)]


def _weakness(key: str, bits: int, signature_hash: str) -> str:
    least = BITS.get(key.split()[0], 0)
    if bits < least:
        return f"its key is {key} with {bits} bits, and {least} are the least"
    return f"it is signed over {signature_hash}" if signature_hash in WEAK_HASHES else ""


def _listed(seen: dict[str, str]) -> str:
    return "; ".join(f"{where}: {what}" for where, what in seen.items())
