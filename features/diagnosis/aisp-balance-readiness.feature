@section-AISP @T-7d @owner-John @critical
Feature: AISP Ready for balances that cannot be fetched

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @AISP-R1 @auto
  Scenario: A diagnosis of balances can be made now
    Given the settings of the running service
    And what was done to the service
    And the way out of the service
    And the tables of the database
    When the log of the service is read
    Then a diagnosis is told what it asks of AWS and of the database
    When Neonomics is shown the credentials of the service
    Then Neonomics takes them

  @AISP-R2 @auto
  Scenario: The log that a diagnosis of balances reads is the service's own
    When the log of the service is read
    Then the log exists, and is not "/aws/apprunner/drop-production", which the failure runbook reads
    And its newest event is at most 15 minutes old

  @AISP-R3 @auto
  Scenario: The service is set for Neonomics in production, and no emergency mode is left on
    Given the secrets of the service
    Then they hold
      | secret                  | form             |
      | NEONOMICS_CLIENT_ID     | production value |
      | NEONOMICS_CLIENT_SECRET | production value |
    Given the settings of the running service
    Then "NEONOMICS_ENVIRONMENT", where it is set, is "production"
    And "AISP_MODE", where it is set, is "live"
    And "AISP_FALLBACK_MODE", where it is set, is "live"
    And "FEATURE_ACCOUNTS", where it is set, is "enabled"

  @AISP-R4 @auto
  Scenario: Neonomics can be reached, from here and from the service
    Given how Neonomics answers a stranger
    Then the name of Neonomics is there
    And Neonomics can be reached, and answers as it must
    And Neonomics turns nobody away
    Given the way out of the service
    Then it leads to Neonomics
