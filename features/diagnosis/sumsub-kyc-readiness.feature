@section-KYC @T-7d @owner-John @critical
Feature: KYC Ready for identities that cannot be verified

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @KYC-R1 @auto
  Scenario: A diagnosis of identities can be made now
    Given the settings of the running service
    And what was done to the service
    And the way out of the service
    And the tables of the database
    When the log of the service is read
    Then a diagnosis is told what it asks of AWS and of the database
    When Sumsub is shown the credentials of the service
    Then Sumsub takes them

  @KYC-R2 @auto
  Scenario: The log that a diagnosis of identities reads is the service's own
    When the log of the service is read
    Then the log exists, and is not "/aws/apprunner/drop-production", which the failure runbook reads
    And its newest event is at most 15 minutes old

  @KYC-R3 @auto
  Scenario: The service is set for Sumsub in production
    Given the secrets of the service
    Then they hold
      | secret            | form                                   |
      | SUMSUB_APP_TOKEN  | production value that begins with prd: |
      | SUMSUB_SECRET_KEY | production value                       |
    And the key that signs Sumsub's reports is among them, as a production value
    Given the settings of the running service
    Then "SUMSUB_ENVIRONMENT", where it is set, is "production"

  @KYC-R4 @auto
  Scenario: Sumsub can be reached, from here and from the service
    Given how Sumsub answers a stranger
    Then the name of Sumsub is there
    And Sumsub can be reached, and answers as it must
    And Sumsub turns nobody away
    Given the way out of the service
    Then it leads to Sumsub
