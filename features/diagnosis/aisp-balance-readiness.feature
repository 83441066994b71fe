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
      | secret                  | form             | characters, at least |
      | NEONOMICS_CLIENT_ID     | production value | 6                    |
      | NEONOMICS_CLIENT_SECRET | production value | 16                   |
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

  @AISP-R5 @auto
  Scenario: What the runbook asks of the database can be asked there
    When the SQL of the failure runbooks is tried, and not carried out
    Then PostgreSQL 16 could carry out each of the 4 statements of "aisp-balance"

  @AISP-R6 @auto
  Scenario: Balances can be fetched, and the consents that end soon are known
    When the measures of the last 7 days are taken of
      | balances |
    Then each keeps its bound
      | figure                             | bound        | of at least |
      | balances that could not be fetched | at most 10 % | 50 balances |
    Given the consents of the customers, and which of them ended or end within 7 days
    Then it is known which of them end

  @AISP-R7 @auto
  Scenario: Somebody is woken when Neonomics fails
    Given the monitor that watches Neonomics for us
    Then it looks at Neonomics at least every 5 minutes, and wakes somebody

  @AISP-R8 @auto @attest
  Scenario: Whom the runbook names can be reached
    Given the domains of the contacts in the failure runbook "aisp-balance"
    Then each takes mail
    And every contact of "aisp-balance" is written down, and its next review is not past
    And this is signed by the AI director
      """
      Within the last 30 days each contact of the failure runbook for balances that cannot be fetched has answered by the way that
      is written down. I have gone through that runbook, and its next review is on the day that stands in the environment file.
      """
