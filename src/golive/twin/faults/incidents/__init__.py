"""What goes wrong during an incident: one module per failure runbook, one incident at least per cause."""

from golive.twin.faults.incidents import bankid, swan

__all__ = ["bankid", "swan"]
