@section-BID @T-7d @owner-John @critical
Feature: BID Ready for logins that fail

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @BID-R1 @auto
  Scenario: A diagnosis of logins can be made now
    Given the settings of the running service
    And what was done to the service
    And the way out of the service
    And the tables of the database
    When the log of the service is read
    Then a diagnosis is told what it asks of AWS and of the database
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID takes the credentials

  @BID-R2 @auto
  Scenario: The log that a diagnosis of logins reads is the service's own
    When the log of the service is read
    Then the log exists, and is not "/aws/apprunner/drop-production", which the failure runbook reads
    And its newest event is at most 15 minutes old

  @BID-R3 @auto
  Scenario: The service is set for BankID in production, and no emergency mode is left on
    Given the secrets of the service
    Then they hold
      | secret               | form             |
      | BANKID_CLIENT_ID     | production value |
      | BANKID_CLIENT_SECRET | production value |
    Given the settings of the running service
    Then "BANKID_CALLBACK_URL", where it is set, is "https://getdrop.no/api/auth/bankid/callback"
    And "BANKID_MOCK" is not set
    And "NEXT_PUBLIC_SERVICE_MODE" is "production"

  @BID-R4 @auto
  Scenario: BankID can be reached, from here and from the service
    Given how BankID answers a stranger
    Then the name of BankID is there
    And BankID can be reached, and answers as it must
    And BankID turns nobody away
    Given the way out of the service
    Then it leads to BankID
