@section-PISP @T-7d @owner-John @critical
Feature: PISP Ready for payments that fail

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @PISP-R1 @auto
  Scenario: A diagnosis of payments can be made now
    Given the settings of the running service
    And what was done to the service
    And the way out of the service
    And the tables of the database
    When the log of the service is read
    Then a diagnosis is told what it asks of AWS and of the database
    When the service shows its credentials to each provider of Open Banking
    Then each lets it in

  @PISP-R2 @auto
  Scenario: The log that a diagnosis of payments reads is the service's own
    When the log of the service is read
    Then the log exists, and is not "/aws/apprunner/drop-production", which the failure runbook reads
    And its newest event is at most 15 minutes old

  @PISP-R3 @auto
  Scenario: The service is set for payments through Neonomics in production
    Given the secrets of the service
    Then they hold
      | secret                  | form             | characters, at least |
      | NEONOMICS_CLIENT_ID     | production value | 6                    |
      | NEONOMICS_CLIENT_SECRET | production value | 16                   |
    Given the settings of the running service
    Then "NEONOMICS_ENVIRONMENT", where it is set, is "production"

  @PISP-R4 @auto
  Scenario: The providers of payments can be reached, from here and from the service
    Given how the providers of payments answer a stranger
    Then their names are there
    And they can all be reached, and all answer as they must
    And they turn nobody away
    Given the way out of the service
    Then the service gets out to all of them

  @PISP-R5 @auto
  Scenario: What the runbook asks of the database can be asked there
    When the SQL of the failure runbooks is tried, and not carried out
    Then PostgreSQL 16 could carry out each of the 7 statements of "pisp-payment"

  @PISP-R6 @auto
  Scenario: Payments are as certain and as fast as the runbook wants them
    When the measures of the last 7 days are taken of
      | payments |
    Then each keeps its bound
      | figure                                 | bound        | of at least |
      | successful payments                    | above 95 %   | 50 payments |
      | p50 of the time of a payment           | below 5 s    | 50 payments |
      | p95 of the time of a payment           | below 15 s   | 50 payments |
      | p99 of the time of a payment           | below 30 s   | 50 payments |
      | failed payments in the worst 5 minutes | at most 10 % | 50 payments |

  @PISP-R7 @auto
  Scenario: Somebody is woken when Neonomics fails
    Given the monitor that watches Neonomics for us
    Then it looks at Neonomics at least every 5 minutes, and wakes somebody

  @PISP-R8 @auto @attest
  Scenario: Whom the runbook names can be reached
    Given the domains of the contacts in the failure runbook "pisp-payment"
    Then each takes mail
    And every contact of "pisp-payment" is written down, and its next review is not past
    And this is signed by the AI director
      """
      Within the last 30 days each contact of the failure runbook for payments that fail has answered by the way that
      is written down. I have gone through that runbook, and its next review is on the day that stands in the environment file.
      """
