"""The generated scenarios' sentences, for the gate: looking apart from judging."""

from __future__ import annotations

import os

from bench import looks as look
from golive.probes.certificate import Served
from golive.probes.look import Look
from golive.probes.names import Issuers
from golive.probes.web import Answer
from golive.vocabulary import judges, looks

FREE = os.environ.get("BENCH_FREE") == "1"


@looks(look.PAGE, target_fixture="page")
def page(host: str, path: str) -> Look[Answer]:
    return look.look_at_page(host, path, FREE)


@looks(look.NAME, target_fixture="issuers")
def name(name: str) -> Look[Issuers]:
    return look.look_at_name(name, FREE)


@looks(look.HANDSHAKE, target_fixture="served")
def certificate(host: str) -> Look[Served]:
    return look.look_at_certificate(host, FREE)


for sentence, judgement in (
    (look.ANSWERED, look.answered),
    (look.PROMISED, look.promised),
    (look.ISSUED, look.issued),
    (look.RESTRICTED, look.restricted),
    (look.TRUSTED, look.trusted),
    (look.COVERED, look.covered),
):
    judges(sentence)(judgement)
