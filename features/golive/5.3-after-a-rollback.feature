@section-5.3
Feature: 5.3 After a rollback

  Going back mends nothing; it buys time. A no here means that the old version is not well either, or that the next launch
  would fail of the same cause.

  @GL-5.3.1 @rollback @owner-go-live-owner @blocker @auto
  Scenario: The previous image runs again, and is well
    Given the running service
    When "https://getdrop.no/api/health" is asked how the service is
    Then it says
      | of           | word |
      | the service  | ok   |
      | the database | pass |
    And the last deployment succeeded
    And the previous image runs

  @GL-5.3.2 @rollback @owner-go-live-owner @critical @auto
  Scenario: Every monitor is green after the rollback
    Given the monitors
    Then every monitor is green

  @GL-5.3.3 @rollback @owner-go-live-owner @blocker @attest
  Scenario: The cause of the rollback is known
    Given this is signed by the go-live owner
      """
      The cause of the rollback is known, and the evidence shows that it is the cause. Nobody launches again before it is
      mended.
      """
    Then the signature is at most 7 days old

  @GL-5.3.4 @rollback @owner-go-live-owner @normal @attest
  Scenario: The rollback has its incident report
    Given this is signed by the go-live owner
      """
      The incident report is written: times, cause, effect on users, and what changes. It is in the evidence.
      """
    Then the signature is at most 7 days old
