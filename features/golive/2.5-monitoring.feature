@section-2.5
Feature: 2.5 Monitoring

  Somebody must notice before the customers do. A no here means that Drop could be down
  without anybody being woken, or that nobody would read the alarm.

  @GL-2.5.1 @T-7d @owner-platform @critical @auto
  Scenario: The health of Drop is watched, and green
    Given the monitors
    Then "Drop Health Check" is green and watches "https://getdrop.no/api/health"

  @GL-2.5.2 @T-7d @owner-platform @critical @auto
  Scenario: The front page of Drop is watched, and green
    Given the monitors
    Then "Drop Landing Page" is green and watches "https://getdrop.no"

  @GL-2.5.3 @T-7d @owner-platform @critical @auto
  Scenario: Every monitor wakes somebody
    Given the escalation policies of the monitors
    Then every monitor has a policy that reaches somebody

  @GL-2.5.4 @T-7d @owner-platform @critical @act
  Scenario: An alert from Drop's webhook arrives in #drop-ops
    When a marked test alert goes to "#drop-ops" by the service's webhook
    Then it has arrived there

  @GL-2.5.5 @T-7d @owner-platform @critical @auto
  Scenario: What the service writes is in its log within a quarter of an hour
    When the log of the service is read
    Then its newest event is at most 15 minutes old

  @GL-2.5.6 @T-7d @owner-platform @normal @auto
  Scenario: The public status page shows Drop's services as operational
    Given the monitors
    When the public reads the status page "https://drop-status.betteruptime.com"
    Then it is there, it is the page of our own company, and everything on it is operational
    And these monitors stand on it
      | Drop Health Check |
      | Drop Landing Page |
