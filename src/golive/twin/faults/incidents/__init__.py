"""What goes wrong during an incident: one module per failure runbook, one incident at least per cause."""

from golive.twin.faults.incidents import aisp, bankid, kyc, pisp, providers, swan

__all__ = ["aisp", "bankid", "kyc", "pisp", "providers", "swan"]
