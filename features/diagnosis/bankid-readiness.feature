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
      | secret               | form             | characters, at least |
      | BANKID_CLIENT_ID     | production value | 6                    |
      | BANKID_CLIENT_SECRET | production value | 16                   |
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

  @BID-R5 @auto
  Scenario: What the runbook asks of the database can be asked there
    When the SQL of the failure runbooks is tried, and not carried out
    Then PostgreSQL 16 could carry out each of the 2 statements of "bankid"

  @BID-R6 @auto
  Scenario: Whoever logs in with BankID gets in, and no minute is full of failures
    When the measures of the last 7 days are taken of
      | logins |
    Then each keeps its bound
      | figure                            | bound              | of at least |
      | successful logins                 | above 99 %         | 100 logins  |
      | failed logins in the worst minute | at most 5 a minute | 100 logins  |

  @BID-R7 @auto
  Scenario: Somebody is woken when BankID fails
    Given the monitor that watches BankID for us
    Then it looks at BankID at least every 5 minutes, and wakes somebody

  @BID-R8 @auto @attest
  Scenario: Whom the runbook names can be reached
    Given the domains of the contacts in the failure runbook "bankid"
    Then each takes mail
    And every contact of "bankid" is written down, and its next review is not past
    And this is signed by the AI director
      """
      Within the last 30 days each contact of the failure runbook for logins that fail has answered by the way that
      is written down. I have gone through that runbook, and its next review is on the day that stands in the environment file.
      """
