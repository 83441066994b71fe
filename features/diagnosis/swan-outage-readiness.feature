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
      | secret             | form             | characters, at least |
      | SWAN_CLIENT_ID     | production value | 6                    |
      | SWAN_CLIENT_SECRET | production value | 16                   |
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

  @SWAN-R5 @auto
  Scenario: What the runbook asks of the database can be asked there
    When the SQL of the failure runbooks is tried, and not carried out
    Then PostgreSQL 16 could carry out each of the 1 statements of "swan-outage"

  @SWAN-R6 @auto
  Scenario: Swan answers as often and as fast as the runbook wants it
    When the measures of the last 7 days are taken of
      | calls of Swan |
    Then each keeps its bound
      | figure                                      | bound        | of at least |
      | successful calls of Swan                    | above 99 %   | 100 calls   |
      | p50 of the time of a call of Swan           | below 500 ms | 100 calls   |
      | p95 of the time of a call of Swan           | below 2 s    | 100 calls   |
      | p99 of the time of a call of Swan           | below 5 s    | 100 calls   |
      | failed calls of Swan in the worst 5 minutes | at most 5 %  | 100 calls   |

  @SWAN-R7 @auto
  Scenario: Somebody is woken when Swan fails
    Given the monitor that watches Swan for us
    Then it looks at Swan at least every 5 minutes, and wakes somebody

  @SWAN-R8 @auto @attest
  Scenario: Whom the runbook names can be reached
    Given the domains of the contacts in the failure runbook "swan-outage"
    Then each takes mail
    And every contact of "swan-outage" is written down, and its next review is not past
    And this is signed by the AI director
      """
      Within the last 30 days each contact of the failure runbook for an outage of Swan has answered by the way that
      is written down. I have gone through that runbook, and its next review is on the day that stands in the environment file.
      """
