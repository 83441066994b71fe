"""How probes reach the world: the environment's names, its allow-list, its trust store, its secrets."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar, cast

from pydantic import JsonValue

from golive.coordinates import Variable
from golive.environment import Detour, Environment, is_private
from golive.errors import Denied, NoSuchName, NotSet, ProbeError, Unreachable
from golive.probes.look import Look
from golive.probes.tls import shared_context
from golive.search import Search

T = TypeVar("T")
U = TypeVar("U")


class Reach:
    """The way to the world for all probes of one run; safe to use from many threads."""

    def __init__(
        self,
        environment: Environment,
        detour: Detour,
        ask: Callable[[Look[T]], T],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """*ask* answers a look that another look depends on; *variables* hold the secrets (default: the process's)."""
        self.environment = environment
        self.detour = detour
        self._ask = ask
        # The rehearsal never sees real credentials.
        self._variables = detour.variables if environment.rehearsal else os.environ if variables is None else variables
        # What the newest run within the hour was answered by the same act; None where none asked it.
        self.earlier: Callable[[Look[object]], JsonValue] = lambda _: None
        self._shared: dict[str, object] = {}
        self._found: dict[str, Future[object]] = {}
        self._lock = threading.RLock()
        self._held: dict[str, str] = {}
        self.called: set[str] = set()  # what was asked of AWS, as a policy names it
        self._search = Search({})

    def ask(self, look: Look[T]) -> T:
        """The answer to a look that this one depends on; asked once, however many depend on it."""
        return cast(T, self._ask(look))  # type: ignore[arg-type]  # one callable answers every kind of look

    def ask_each(self, looks: Sequence[Look[T]]) -> list[T | ProbeError]:
        """
        The answers to independent looks that this one depends on, asked side by side, in order.

        A ProbeError stands in the place of what could not be seen: whether that matters is the asker's to say.
        """
        futures: list[Future[T]] = []
        for look in looks:
            future: Future[T] = Future()
            # In the asker's context, which knows what the asker depends on; a thread that hangs must not hold the run.
            threading.Thread(target=copy_context().run, args=(_settle, future, self.ask, look), daemon=True).start()
            futures.append(future)
        answers: list[T | ProbeError] = []
        for future in futures:
            try:
                answers.append(future.result())
            except ProbeError as exc:
                answers.append(exc)
        return answers

    def ask_both(self, one: Look[T], other: Look[U]) -> tuple[T, U]:
        """The answers to two looks that this one depends on, asked side by side; the first ProbeError among them."""
        answers = self.ask_each(cast(Sequence[Look[object]], (one, other)))
        for answer in answers:
            if isinstance(answer, ProbeError):
                raise answer
        return cast(tuple[T, U], tuple(answers))

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """What probes have in common (a client, a browser), made once."""
        with self._lock:
            if key not in self._shared:
                self._shared[key] = make()
            return cast(T, self._shared[key])

    def secret(self, reference: Variable, purpose: str) -> str:
        """The text of a secret, which must not leave the probe; NotSet where its variable is not set."""
        value = self._variables.get(reference.variable, "")
        if not value:
            raise NotSet.of(purpose, reference.variable)
        self.hold(reference.variable, value)
        return value

    def has(self, name: str) -> bool:
        """Whether the variable *name* is set at all."""
        return bool(self._variables.get(name))

    def hold(self, name: str, value: str) -> None:
        """Remember that *value* was in our hands, so that what is written can be searched for it."""
        with self._lock:
            if any(text == value and key.partition("#")[0] == name for key, text in self._held.items()):
                return
            self._held[f"{name}#{len(self._held)}" if name in self._held else name] = value

    @property
    def held(self) -> Mapping[str, str]:
        """Every secret that this run has held, by name."""
        with self._lock:
            return dict(self._held)

    @property
    def search(self) -> Search:
        """The search for every secret that this run has held so far."""
        with self._lock:
            self._search.learn(self._held)
            return self._search

    def dial(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        """Where to connect for *host* and *port*: (address, port) pairs, to be tried in turn; errors as `doors`."""
        return tuple(self.doors(host, port).values())

    def doors(self, host: str, port: int) -> Mapping[str, tuple[str, int]]:
        """
        Each address of *host*, as the world knows it, and where to connect for it.

        Denied for a host outside the environment's list and, in a live environment, for an address of this machine or
        its network; NoSuchName where it is not there, Unreachable where it cannot be looked up.
        """
        target = f"{host}:{port}"
        if host not in self.environment.network.hosts:
            raise Denied(target, "this host is not in the environment's network.hosts")
        database = self.environment.database
        private_is_declared = host == database.host and database.via is not None
        if private_is_declared and database.tunnel:
            near, _, near_port = database.tunnel.rpartition(":")
            return {near: (near, int(near_port))}
        addresses = self.resolve(host)
        if self.environment.rehearsal:
            ports = {address: self.detour.ports.get(f"{address}:{port}") for address in addresses}
            there = {address: ("127.0.0.1", mapped) for address, mapped in ports.items() if mapped is not None}
            if not there:
                raise Unreachable(target, f"nothing answers at {', '.join(addresses)}")
            return there
        if refused := [address for address in addresses if is_private(address) and not private_is_declared]:
            raise Denied(target, f"resolves to {', '.join(refused)}, an address of this machine or its own network")
        return {address: (address, port) for address in addresses}

    def resolve(self, host: str) -> tuple[str, ...]:
        """Addresses of *host* by the environment's own resolvers, IPv4 first; remembered for the run."""
        return self.found(f"addresses of {host}", lambda: self._look_up(host))

    def found(self, key: str, find: Callable[[], T]) -> T:
        """
        What probes have in common about the world, found once as long as it is the same.

        Who comes while it is looked for waits for that, and fails with it: a name server that is silent is waited for
        once, and not once by each. Who comes after a failure looks anew.
        """
        with self._lock:
            known = self._found.get(key)
            finding = known or self._found.setdefault(key, Future())
        if known is None:
            try:
                finding.set_result(find())
            except BaseException as exc:  # noqa: BLE001  # told to the asker, and to everyone who waits
                with self._lock:
                    if self._found.get(key) is finding:
                        del self._found[key]
                finding.set_exception(exc)
        return cast(T, finding.result())

    def forget(self) -> None:
        """Find everything again: the world was changed."""
        with self._lock:
            self._found.clear()

    def _look_up(self, host: str) -> tuple[str, ...]:
        import dns.exception
        import dns.nameserver
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=False)
        network = self.environment.network
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(*self.name_server(str(address))) for address in network.resolvers
        ]

        def of(kind: str) -> list[str]:
            answer = resolver.resolve(host + ".", kind, lifetime=network.answer_seconds, raise_on_no_answer=False)
            return [rdata.to_text() for rdata in answer.rrset or ()]

        found: list[str] = []
        with ThreadPoolExecutor(1) as beside:
            second = beside.submit(of, "AAAA")
            try:
                found += of("A")
                found += second.result()
            except dns.resolver.NXDOMAIN as exc:
                raise NoSuchName(host, "this name does not exist") from exc
            except dns.exception.DNSException as exc:
                if not found:
                    raise Unreachable(host, f"the name could not be looked up: {exc}") from exc
        if not found:
            raise Unreachable(host, "this name has no address")
        return tuple(found)

    def name_server(self, address: str) -> tuple[str, int]:
        """Where the name server at *address* answers; Denied for a private one that the environment does not name."""
        if self.environment.rehearsal:
            port = self.detour.ports.get(f"{address}:53")
            if port is None:
                raise Unreachable(address, "no name server answers there")
            return "127.0.0.1", port
        if is_private(address) and address not in map(str, self.environment.network.resolvers):
            raise Denied(address, "a name server at an address of this machine or its own network")
        return address, 53

    @property
    def trust(self) -> Path:
        """File with the certificates of the authorities that this environment trusts for its public names."""
        if self.environment.rehearsal:
            if self.detour.trust is None:
                raise Denied("the twin", "it named no authority")
            return self.detour.trust
        import certifi

        return Path(certifi.where())

    def tls(self) -> ssl.SSLContext:
        """A verifying client context on the environment's trust store; what the shell says of others is not read."""
        return self.shared("tls", lambda: shared_context(self.trust))

    def endpoint(self, service: str) -> str | None:
        """URL of an AWS service where it is not the vendor's own: only the twin has one."""
        return self.detour.endpoints.get(service, self.detour.endpoints.get("*"))


def _settle(future: Future[T], ask: Callable[[Look[T]], T], look: Look[T]) -> None:
    try:
        future.set_result(ask(look))
    except BaseException as exc:  # noqa: BLE001  # a thread has nobody else to tell
        future.set_exception(exc)
