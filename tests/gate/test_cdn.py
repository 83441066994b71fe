"""A CDN in front of the service: named in the environment file it is judged, and not named it is a no."""

from __future__ import annotations

from pathlib import Path

from golive.record import Status
from tests.gate.conftest import Project

FAULT = "apex-leads-to-cloudfront"
ENVIRONMENT = "environments/rehearsal/environment.toml"
TABLE = '[aws.distribution]\nid = "E2QWRUHEXAMPLE"\n\n[database]\n'


def test_a_distribution_that_the_file_names_is_the_service(project: Project) -> None:
    """
    The whole gate says yes to a launch behind CloudFront, and again when it judges its own record without the network.
    """
    project.edit(ENVIRONMENT, "[database]\n", TABLE)
    project.edit(ENVIRONMENT, '    "hooks.slack.com",\n', '    "hooks.slack.com",\n    "ip-ranges.amazonaws.com",\n')
    ran = project.run("-m", "golive", "--phase", "T-7d", "--fault", FAULT)
    assert ran.record is not None, ran.terminal
    (found,) = [finding for finding in ran.record.findings if finding.item == "GL-2.4.1"]
    assert found.status is Status.MET, found.reason
    assert ran.status == 0, ran.terminal
    assert any("3 behaviours of CloudFront distribution" in said for said in found.examined), found.examined
    asked = {seen.look for seen in ran.record.evidence}
    assert {f"golive.probes.cloudfront:{name}" for name in ("DescribedDistribution", "CloudFrontRanges")} <= asked
    assert ran.folder is not None
    record = Path(ran.folder, "record.json")
    again = project.run("-m", "golive", f"--replay={record}")
    assert again.status == 0, again.terminal
