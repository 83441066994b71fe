"""Does the twin's Neonomics answer as its documentation says?"""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from golive.twin.neonomics import SANDBOX_PERSON

if TYPE_CHECKING:
    from tests.twin.conftest import Twin

SANDBOX = "https://sandbox.neonomics.io"
TOKENS = f"{SANDBOX}/auth/realms/sandbox/protocol/openid-connect/token"
API = f"{SANDBOX}/ics/v3"
DNB = "RG5CLnYxRE5CQU5PS0s="
SPAREBANK = "U3BhcmViYW5rZW4gMS52MVNQVFJOTzIy"
ORDER = {
    "debtorAccount": {"iban": "NO7786010000019"},
    "debtorName": "Kari Testperson",
    "creditorAccount": {"iban": "NO9386011117947"},
    "creditorName": "Drop Testmottaker",
    "instrumentedAmount": "100.00",
    "currency": "NOK",
    "remittanceInformationUnstructured": "A test",
    "endToEndIdentification": "test-1",
    "paymentMetadata": {},
}


def ask_for_token(client: httpx.Client, twin: Twin, url: str = TOKENS, **changes: str) -> httpx.Response:
    realm = twin.world.neonomics.sandbox
    said = {
        "grant_type": "client_credentials",
        "client_id": realm.client_id,
        "client_secret": realm.client_secret,
        **changes,
    }
    return client.post(url, data=said)


@pytest.fixture
def headers(client: httpx.Client, twin: Twin) -> dict[str, str]:
    token = ask_for_token(client, twin).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "x-device-id": "a-device"}


def opened(client: httpx.Client, headers: dict[str, str], bank: str = SPAREBANK) -> dict[str, str]:
    said = client.post(f"{API}/session", json={"bankId": bank}, headers=headers).json()
    return {**headers, "x-session-id": said["sessionId"]}


def order(client: httpx.Client, headers: dict[str, str], **changes: Any) -> httpx.Response:
    return client.post(f"{API}/payments/domestic-transfer", json={**ORDER, **changes}, headers=headers)


def test_token_is_issued_for_the_right_secret(client: httpx.Client, twin: Twin) -> None:
    """
    The members that the documentation shows, and a token that can be renewed.
    """
    said = ask_for_token(client, twin).json()
    assert {name: said[name] for name in ("expires_in", "refresh_expires_in", "token_type")} == {
        "expires_in": 3600,
        "refresh_expires_in": 7200,
        "token_type": "bearer",
    }
    renewed = ask_for_token(client, twin, grant_type="refresh_token", refresh_token=said["refresh_token"])
    assert renewed.json()["access_token"] != said["access_token"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "unauthorized_client"),
        ({"client_id": "nobody"}, 401, "unauthorized_client"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, 400, "invalid_grant"),
    ],
)
def test_token_is_refused(client: httpx.Client, twin: Twin, changes: dict[str, str], status: int, error: str) -> None:
    """
    A wrong secret and an unknown client are refused alike, in the words of RFC 6749 and Keycloak.
    """
    answer = ask_for_token(client, twin, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_sandbox_and_production_know_different_clients(client: httpx.Client, twin: Twin) -> None:
    """
    The sandbox's credentials, and its token, open nothing in production.
    """
    production = TOKENS.replace("sandbox", "production")
    assert ask_for_token(client, twin, production).status_code == 401
    token = ask_for_token(client, twin).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "x-device-id": "a-device"}
    assert client.get(API.replace("sandbox", "production") + "/banks", headers=headers).status_code == 401


def test_banks_are_listed_by_country(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    All of them, or those of one country, each with its services and its state.
    """
    every, norwegian = (client.get(f"{API}/banks{query}", headers=headers).json() for query in ("", "?countryCode=NO"))
    assert {bank["countryCode"] for bank in every} == {"NO", "SE"}
    assert {bank["countryCode"] for bank in norwegian} == {"NO"}
    assert {bank["bankDisplayName"]: bank["status"] for bank in norwegian}["Sbanken"] == "MAINTENANCE"
    assert client.get(f"{API}/banks/{DNB}", headers=headers).json()["personalIdentificationRequired"] is True


@pytest.mark.parametrize("lacking", ["Authorization", "x-device-id"])
def test_each_call_needs_token_and_device(client: httpx.Client, headers: dict[str, str], lacking: str) -> None:
    """
    Without a token 401; without a device it is the caller's fault, which is 510.
    """
    answer = client.get(f"{API}/banks", headers={name: said for name, said in headers.items() if name != lacking})
    assert answer.status_code == {"Authorization": 401, "x-device-id": 510}[lacking]


def test_session_is_opened_and_ended(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    A session is of one bank and one device, and is gone when it is ended.
    """
    session = opened(client, headers)
    where = f"{API}/session/{session['x-session-id']}"
    assert client.get(where, headers=headers).json()["bankId"] == SPAREBANK
    other_device = {**session, "x-device-id": "another"}
    assert client.get(f"{API}/accounts", headers=other_device).json()["errorCode"] == "1004"
    assert client.delete(where, headers=headers).status_code == 204
    assert client.get(where, headers=headers).status_code == 510


def test_unknown_bank_gets_no_session(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    A bank that is not in the list is the caller's fault.
    """
    answer = client.post(f"{API}/session", json={"bankId": "nowhere"}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (510, "BAD_REQUEST")
    assert client.get(f"{API}/banks/nowhere", headers=headers).status_code == 510


def test_accounts_need_a_consent(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    Nobody has consented, so accounts are 1426 with a link to where consent is given.
    """
    session = opened(client, headers)
    said = client.get(f"{API}/accounts", headers=session).json()
    assert (said["errorCode"], said["type"]) == ("1426", "CONSENT")
    assert said["links"][0]["href"] == f"{API}/consent/{session['x-session-id']}"


def test_payment_waits_for_its_payer(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    It is 510 with 1428, the payment's number, and a link that leads to the bank.
    """
    session = opened(client, headers)
    answer = order(client, session)
    said = answer.json()
    assert (answer.status_code, said["errorCode"]) == (510, "1428")
    assert {"id", "message", "source", "type", "timestamp", "links"} <= said.keys()
    (link,) = said["links"]
    approval = client.get(link["href"], headers=session).json()
    assert approval["paymentId"] == link["meta"]["id"]
    assert approval["links"][0]["rel"] == "Authorization URL"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"debtorName": "Kari <Testperson>"}, "1048"),
        ({"instrumentedAmount": "10000.01"}, "1023"),
        ({"instrumentedAmount": "a lot"}, "1009"),
        ({"creditorAccount": {"iban": "NO9386011117948"}}, "1008"),
        ({"remittanceInformationUnstructured": "x" * 141}, "1007"),
    ],
)
def test_wrong_order_is_refused(
    client: httpx.Client, headers: dict[str, str], changes: dict[str, Any], code: str
) -> None:
    """
    What is wrong with an order is told by its code, and no payment is made of it.
    """
    answer = order(client, opened(client, headers), **changes)
    assert (answer.status_code, answer.json()["errorCode"], answer.json()["links"]) == (510, code, [])


def test_bank_that_does_not_pay_says_so(client: httpx.Client, headers: dict[str, str]) -> None:
    """
    A bank with accounts alone takes no payment (1063).
    """
    session = opened(client, headers, "Tm9yZGVhLnYxTkRFQU5PS0s=")
    assert order(client, session).json()["errorCode"] == "1063"


def test_some_banks_ask_who_pays(client: httpx.Client, twin: Twin, headers: dict[str, str]) -> None:
    """
    The national number comes sealed by the client's key; in the open, or under another key, it is refused.
    """
    session, key = opened(client, headers, DNB), twin.world.neonomics.sandbox.key

    def sealed(by: bytes) -> str:
        iv = os.urandom(12)
        return base64.b64encode(iv + AESGCM(by).encrypt(iv, SANDBOX_PERSON.encode(), None)).decode()

    shown = {"right": sealed(key), "other key": sealed(os.urandom(16)), "open": SANDBOX_PERSON}
    codes = {how: order(client, {**session, "x-psu-id": said}).json()["errorCode"] for how, said in shown.items()}
    assert codes == {"right": "1428", "other key": "1006", "open": "1006"}
    assert order(client, session).json()["errorCode"] == "1006"


@pytest.mark.parametrize(("status", "source"), [(520, "NEONOMICS"), (530, "BANK")])
def test_whose_fault_it_is_stands_in_the_status(
    client: httpx.Client, twin: Twin, headers: dict[str, str], status: int, source: str
) -> None:
    """
    520 is Neonomics' own, 530 the bank's.
    """
    session = opened(client, headers)
    there = twin.world.neonomics
    twin.world.neonomics = replace(there, sandbox=replace(there.sandbox, fails=(status, "4930"), limit=Decimal(5)))
    answer = order(client, session)
    assert (answer.status_code, answer.json()["source"]) == (status, source)


def test_swap_ends_what_was_issued(client: httpx.Client, twin: Twin, headers: dict[str, str]) -> None:
    """
    Tokens of the former world open nothing in the next one.
    """
    assert client.get(f"{API}/banks", headers=headers).status_code == 200
    twin.swap(neonomics=twin.world.neonomics)
    assert client.get(f"{API}/banks", headers=headers).status_code == 401
