@section-SWAN @T-7d @owner-John @critical
Feature: SWAN Ready for an outage of Swan

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @SWAN-R1 @auto
  Scenario: A diagnosis of Swan can be made now
    Given the settings of the running service
    And what was done to the service
    And the way out of the service
    And the tables of the database
    When the log of the service is read
    Then a diagnosis is told what it asks of AWS and of the database
    When Swan is shown the credentials of the service
    Then Swan takes them

  @SWAN-R2 @auto
  Scenario: The log that a diagnosis of Swan reads is the service's own
    When the log of the service is read
    Then the log exists, and is not "/aws/apprunner/drop-production", which the failure runbook reads
    And its newest event is at most 15 minutes old

  @SWAN-R3 @auto
  Scenario: The service is set for Swan in production, and no emergency mode is left on
    Given the secrets of the service
    Then they hold
      | secret             | form             |
      | SWAN_CLIENT_ID     | production value |
      | SWAN_CLIENT_SECRET | production value |
    Given the settings of the running service
    Then "SWAN_ENVIRONMENT", where it is set, is "production"
    And "SWAN_MODE", where it is set, is "live"
    And "FEATURE_ACCOUNTS", where it is set, is "enabled"
    And "FEATURE_CARDS", where it is set, is "enabled"
    And "FEATURE_SWAN_WALLETS", where it is set, is "enabled"

  @SWAN-R4 @auto
  Scenario: Swan can be reached, from here and from the service
    Given how Swan answers a stranger
    Then the name of Swan is there
    And Swan can be reached, and answers as it must
    And Swan turns nobody away
    Given the way out of the service
    Then it leads to Swan
