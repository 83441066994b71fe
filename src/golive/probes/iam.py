"""What a role may do, asked of IAM itself, which reads all of the role's policies and does nothing.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golive.errors import CannotTell, Denied, Unreadable
from golive.probes.apprunner import DescribedService
from golive.probes.aws import answers, client, pages
from golive.probes.look import Look, Permission

if TYPE_CHECKING:
    from golive.environment import Environment
    from golive.probes.reach import Reach

UPDATE = "apprunner:UpdateService"
PASS = "iam:PassRole"  # noqa: S105  # an action
# Whom App Runner lets take a role: to fetch the image, and to run.
_BUILD, _TASKS = "build.apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Right:
    """One action on one thing, and IAM's word: "allowed", "implicitDeny", "explicitDeny"."""

    action: str
    on: str
    decision: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What *role* may do; None where nobody says which role deploys, and so nothing was asked."""

    source: str
    role: str | None
    exists: bool
    rights: tuple[Right, ...]

    def refused(self, action: str) -> tuple[Right, ...]:
        """Where *action* is not allowed."""
        return tuple(right for right in self.rights if right.action == action and right.decision != "allowed")


@dataclass(frozen=True, slots=True)
class Simulated(Look[Rights]):
    """May *role* do *action* on *on*, handing a role to *passed_to*?"""

    role: str
    action: str
    on: str
    passed_to: str = ""

    @property
    def source(self) -> str:
        """The role."""
        return f"IAM, of {self.role.rpartition('/')[2]}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "iam"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:  # noqa: ARG002  # of a look
        """To ask of this role."""
        return (Permission("iam", "iam:SimulatePrincipalPolicy", self.role),)

    def observe(self, reach: Reach) -> Rights:
        """That there is no such role is an answer."""
        context: list[Any] = []
        if self.passed_to:
            context = [
                {
                    "ContextKeyName": "iam:PassedToService",
                    "ContextKeyValues": [self.passed_to],
                    "ContextKeyType": "string",
                }
            ]
        with answers(self.source):
            iam = client(reach, "iam")
            try:
                found = [
                    Right(one["EvalActionName"], one["EvalResourceName"], one["EvalDecision"])
                    for one in pages(
                        self.source,
                        # Its pages name the way on differently than they take it.
                        lambda Marker="", **asked: iam.simulate_principal_policy(  # noqa: N803
                            **asked, **({"Marker": Marker} if Marker else {})
                        ),
                        "EvaluationResults",
                        onward="Marker",
                        PolicySourceArn=self.role,
                        ActionNames=[self.action],
                        ResourceArns=[self.on],
                        ContextEntries=context,
                    )
                ]
            except iam.exceptions.NoSuchEntityException:
                return Rights(self.source, self.role, False, ())
        if not found:
            raise Unreadable(self.source, f"IAM says nothing of {self.action}")
        return Rights(self.source, self.role, True, tuple(found))


@dataclass(frozen=True, slots=True)
class NoSuchRole(Look[Rights]):
    """The control: a role that does not exist may do nothing."""

    role: str
    action: str
    on: str

    @property
    def source(self) -> str:
        """The role."""
        return f"IAM, of {self.role}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "iam"

    def observe(self, reach: Reach) -> Rights:
        """CannotTell where IAM tells rights of a role that is not there."""
        try:
            # Asked here and not as a look of its own: to be refused is as good an answer, and nothing to be granted.
            said = Simulated(self.role, self.action, self.on).observe(reach)
        except Denied:  # the gate may ask of one role only, and not of this
            return Rights(self.source, self.role, False, ())
        if said.exists:
            raise CannotTell(self.source, "IAM tells what a role may do that does not exist")
        return said


@dataclass(frozen=True, slots=True)
class DeployRights(Look[Rights]):
    """May the role that deploys change the service, and hand it the two roles that it has?"""

    role: str | None
    service_arn: str

    @property
    def source(self) -> str:
        """The role."""
        return f"IAM, of {self.role.rpartition('/')[2] if self.role else 'nobody'}"

    @property
    def host(self) -> str:
        """The AWS service."""
        return "iam"

    def permissions(self, environment: Environment) -> tuple[Permission, ...]:
        """To ask of this role, and to know the service's two."""
        if self.role is None:
            return ()
        asked = Simulated(self.role, UPDATE, self.service_arn).permissions(environment)
        return (*asked, *DescribedService(self.service_arn).permissions(environment))

    def observe(self, reach: Reach) -> Rights:
        """Nothing is asked where no role is named: then only people can say so."""
        if self.role is None:
            return Rights(self.source, None, False, ())
        service = reach.ask(DescribedService(self.service_arn))
        asked = [Simulated(self.role, UPDATE, self.service_arn)]
        asked += [
            Simulated(self.role, PASS, role, to)
            for role, to in ((service.access_role, _BUILD), (service.instance_role, _TASKS))
            if role
        ]
        control = NoSuchRole(f"{self.role}-that-is-not-there", UPDATE, self.service_arn)
        told: list[Rights] = []
        for said in reach.ask_each([control, *asked]):
            if isinstance(said, Exception):
                raise said
            told.append(said)
        rights = tuple(right for said in told[1:] for right in said.rights)
        return Rights(self.source, self.role, all(said.exists for said in told[1:]), rights)
