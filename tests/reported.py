"""Records made up for tests of what shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from golive.record import (
    Attempt,
    Contradiction,
    Decision,
    EarlierRun,
    Evidence,
    Finding,
    History,
    Inventory,
    Official,
    Record,
    Run,
    Status,
    Step,
    Subject,
    Verdict,
)
from golive.since import comparison

HOME = Path(__file__).resolve().parent.parent
AT = datetime(2026, 3, 2, 9, 14, 3, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=\"document.title='broken in'\"><b>bold</b> & {{ 7 * 7 }}"
FIGURES = (("figure", "since the launch"), ("failed | requests", "0.17 %"))


def evidence(name: str, answer: Any = None) -> Evidence:
    return Evidence(
        id=name,
        look="golive.probes.web:OpenPage",
        question={"url": "https://getdrop.no/"},
        source="https://getdrop.no/",
        at=AT,
        took_ms=152,
        attempts=(Attempt(at=AT, took_ms=152),),
        answer=answer or {"status": 200, "headers": {"strict-transport-security": "max-age=31536000"}},
    )


def finding(item: str, status: Status = Status.MET, **said: Any) -> Finding:
    passed = status in {Status.MET, Status.WAIVED}
    return Finding(
        **{
            "item": item,
            "title": f"What {item} asks for is so",
            "demand": "Strict-Transport-Security with max-age=63072000, includeSubDomains and preload",
            "section": item.removeprefix("GL-").rpartition(".")[0],
            "section_title": "Domain and TLS",
            "feature": "features/golive/2.4-domain-and-tls.feature",
            "severity": "blocker",
            "how": ("auto",),
            "due": "T-7d",
            "owner": "platform",
            "status": status,
            "found": status if status in {Status.MET, Status.UNMET, Status.UNKNOWN, Status.UNSIGNED} else None,
            "reason": "it is so" if passed else "max-age is 31536000 at https://getdrop.no/; it must be 63072000",
            "remedy": "Set max-age to 63072000 in the header of the web server and deploy.",
            "examined": ("3 answers",),
            "started": AT,
            "took_ms": 4,
            "steps": (
                Step(
                    keyword="When",
                    text="a visitor opens",
                    table=(("/",), ("/api/health",)),
                    status="passed",
                    evidence=(f"e-{item}",),
                ),
                Step(
                    keyword="Then",
                    text='every answer sends "Strict-Transport-Security" once',
                    status="passed" if passed else "failed",
                    message=None if passed else "max-age is 31536000",
                ),
            ),
            "evidence": (f"e-{item}",),
            **said,
        }
    )


NEVER_RAN: dict[str, Any] = {"steps": (), "evidence": (), "started": None, "took_ms": 0, "found": None, "feature": ""}


def every_status() -> list[Finding]:
    """101 findings in ten sections, each status among them."""
    findings = [finding(f"GL-{2 + number // 10}.{number % 10 + 1}") for number in range(101)]
    findings[3] = finding("GL-2.4", Status.UNMET)
    findings[12] = finding("GL-3.3", Status.UNKNOWN, severity="critical", reason="getdrop.no:443: no answer in 5 s")
    findings[23] = finding("GL-4.4", Status.UNSIGNED, how=("attest",), reason="nobody has signed this", owner="go-live")
    findings[34] = finding(
        "GL-5.5", Status.WAIVED, found=Status.UNMET, reason="accepted until 2026-04-01 by the approver"
    )
    findings[45] = finding("GL-6.6", Status.NOT_DUE, due="T+24h", reason="falls due at T+24h", **NEVER_RAN)
    findings[56] = finding("GL-7.7", Status.NOT_APPLICABLE, reason="Swan is not in scope", **NEVER_RAN)
    findings[70] = finding(
        "GL-9.1", warnings=("the certificate ends in 21 days",), document="A record points to App Runner"
    )
    return findings


def record(findings: Sequence[Finding], *, status: Decision = Decision.NO_GO, rehearsal: bool = True) -> Record:
    holding = [found for found in findings if found.status in {Status.UNMET, Status.UNKNOWN, Status.UNSIGNED}]
    inside = f"(REHEARSAL, {len(findings)} of {len(findings)} items)" if rehearsal else f"({len(findings)} items)"
    tail = f": {len(holding)} items hold the launch" if holding else ""
    return Record(
        run=Run(
            started=AT, ended=AT + timedelta(seconds=3), command=("pytest", "-m", "golive"), tools={"golive": "0.1.0"}
        ),
        environment="rehearsal" if rehearsal else "production",
        rehearsal=rehearsal,
        phase="T-0",
        subject=Subject(image_digest=f"sha256:{'9b1e' * 16}", commit="4f2a91c0" * 5, configuration="77ad" * 16),
        verdict=Verdict(
            status=status,
            line=f"{status} {inside}{tail}",
            opens="soft launch, invite-only",
            reasons=tuple(f"{found.item}: {found.reason}" for found in holding),
            holding=tuple(found.item for found in holding),
            counts={
                str(state): count for state in Status if (count := sum(found.status is state for found in findings))
            },
        ),
        findings=tuple(findings),
        evidence=tuple(evidence(name) for found in findings for name in found.evidence),
        inventory=Inventory(lock="0" * 64, items=len(findings)),
    )


APEX = Contradiction(
    number=11, matter="The apex", documents="An A record", gate="Takes addresses", decides=("CEO",), items=("GL-6.1",)
)
GO = [finding(f"GL-{2 + number // 10}.{number % 10 + 1}") for number in range(101)]
PEOPLE = (
    Official(
        name="ola", full_name="Ola Nordmann", roles=("go-live owner", "approver", "rollback authority"), has_key=True
    ),
    Official(name="kari", full_name="Kari Nordmann", roles=("author",), has_key=False),
)
FOLDER = "reports/production/2026-03-02T091403.000000Z"


def live(run: Record, **said: Any) -> Record:
    update = {"officials": PEOPLE, "run": run.run.model_copy(update={"folder": FOLDER}), "environment": "production"}
    return run.model_copy(update={**update, "rehearsal": False, **said})


def with_history(run: Record, before: Record) -> Record:
    against = comparison("2026-03-01T091403.000000Z", before, run)
    earlier = EarlierRun(
        folder=against.folder, ended=AT, phase="T-0", status=before.verdict.status, line=before.verdict.line
    )
    unread = ("2026-02-28T091403.000000Z: its manifest.json is no manifest",)
    return run.model_copy(update={"history": History(runs=(earlier,), last=against, unread=unread)})
