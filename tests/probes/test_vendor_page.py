"""What Swan tells on its status page: read by its data, of either make, and never taken for well unread."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from golive.environment import Environment
from golive.errors import CannotTell, Overloaded, ProbeError, Unreadable
from golive.probes import vendorpage
from golive.probes.http import Reply
from golive.remarks import Remarks
from steps import providers

from .backstage import Backstage
from .town import Town
from .trouble import swan, taken


def test_status_page_is_read_by_its_data(backstage: Backstage, environment: Environment) -> None:
    """
    Well, or disturbed with the titles of what is open.
    """
    page = providers.vendor_page(environment)
    assert (backstage.look(page).state, backstage.look(page).make) == ("well", "Statuspage")
    backstage.put(swan(incident="Card payments fail <b>since</b> 12:05"))
    seen = backstage.look(page)
    assert (seen.state, seen.incidents) == ("disturbed", ("Card payments fail bsince/b 12:05",))


@pytest.mark.parametrize(("ailment", "error"), [("garbage", Unreadable), ("broken", Overloaded)])
def test_page_that_cannot_be_read_is_never_well(
    backstage: Backstage, environment: Environment, ailment: Any, error: type[ProbeError]
) -> None:
    """
    Swan being well does not make its page readable, nor the other way round.
    """
    backstage.put(swan(page_ailment=ailment))
    with pytest.raises(error):
        backstage.look(providers.vendor_page(environment))
    assert taken(backstage, environment, "Swan").beats


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ('{"page": {"status": "UP"}}', "well"),
        ('{"page": {"status": "HASISSUES"}, "activeIncidents": [{"name": "Transfers"}]}', "disturbed"),
        ('{"page": {"status": "UNDERMAINTENANCE"}}', "maintenance"),
        ('{"page": {"status": "SPLENDID"}}', None),
        ('{"status": {"indicator": "maintenance"}}', "maintenance"),
        ('{"status": {"indicator": "purple"}}', None),
        ("{}", None),
    ],
)
def test_both_makes_are_read_and_no_third(told: str, state: str | None) -> None:
    """
    A word that neither knows is no state.
    """
    reply = Reply("https://status.swan.io/summary.json", 200, httpx.Headers(), told.encode())
    seen = vendorpage._read("https://status.swan.io", reply)
    assert (seen and seen.state) == state


def test_page_that_shows_its_data_everywhere_says_nothing(town: Town) -> None:
    """
    CannotTell: whatever is asked, it would be well.
    """
    look = vendorpage.NoSuchSummary("status.swan.io")
    with pytest.MonkeyPatch.context() as patch:
        reply = Reply("", 200, httpx.Headers(), b'{"status": {"indicator": "none"}}')
        patch.setattr(vendorpage, "exchange", lambda *_: reply)
        with pytest.raises(CannotTell, match="cannot be there"):
            look.observe(town.reach())


@pytest.mark.parametrize("state", ["maintenance", "disturbed"])
def test_page_that_is_not_well_is_a_no(state: Any) -> None:
    """
    Maintenance keeps people from what they want as well.
    """
    told = vendorpage.VendorState("https://status.swan.io", "Statuspage", state, ("Transfers",))
    with pytest.raises(AssertionError, match="Transfers"):
        providers.nothing_is_told(told, Remarks())
