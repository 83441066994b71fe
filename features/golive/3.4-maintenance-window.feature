@section-3.4
Feature: 3.4 Maintenance window

  The launch is over when nothing excuses a failure any more. A no here means that an outage
  would pass for maintenance, or that there is one already.

  @GL-3.4.1 @T+30m @critical @auto @owner-go-live-owner
  Scenario: No maintenance window is left open
    Given the monitors
    And the reports of the status page
    Then no maintenance is open, neither on the page nor at a monitor

  @GL-3.4.2 @T+30m @blocker @auto @owner-go-live-owner
  Scenario: Every monitor is green after the launch
    Given the monitors
    Then every monitor is green

  @GL-3.4.3 @T+30m @normal @auto @attest @owner-go-live-owner
  Scenario: The service has reported to #drop-ops that it started
    Given what was done to the service
    And what is said in "#drop-ops"
    Then a starting service has reported there since the last deployment
    And this is signed by the go-live owner
      """
      I saw in #drop-ops the alert with which the service that is launched reported its start.
      """
