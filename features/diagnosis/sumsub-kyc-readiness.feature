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
      | secret            | form                                   | characters, at least |
      | SUMSUB_APP_TOKEN  | production value that begins with prd: | 24                   |
      | SUMSUB_SECRET_KEY | production value                       | 16                   |
    And the key that signs Sumsub's reports is among them, as a production value of at least 16 characters
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

  @KYC-R5 @auto
  Scenario: What the runbook asks of the database can be asked there
    When the SQL of the failure runbooks is tried, and not carried out
    Then PostgreSQL 16 could carry out each of the 10 statements of "sumsub-kyc"

  @KYC-R6 @auto
  Scenario: Identities are verified as often and as fast as the runbook wants it
    When the measures of the last 7 days are taken of
      | verifications |
    Then each keeps its bound
      | figure                                       | bound        | of at least |
      | successful verifications                     | above 85 %   | 20 reviews  |
      | p50 of the time of a verification            | below 5 min  | 20 reviews  |
      | p95 of the time of a verification            | below 30 min | 20 reviews  |
      | p99 of the time of a verification            | below 2 h    | 20 reviews  |
      | failed verifications in the worst 60 minutes | at most 30 % | 20 reviews  |

  @KYC-R7 @auto
  Scenario: Somebody is woken when Sumsub fails
    Given the monitor that watches Sumsub for us
    Then it looks at Sumsub at least every 5 minutes, and wakes somebody

  @KYC-R8 @auto @attest
  Scenario: Whom the runbook names can be reached
    Given the domains of the contacts in the failure runbook "sumsub-kyc"
    Then each takes mail
    And every contact of "sumsub-kyc" is written down, and its next review is not past
    And this is signed by the AI director
      """
      Within the last 30 days each contact of the failure runbook for identities that cannot be verified has answered by the way that
      is written down. I have gone through that runbook, and its next review is on the day that stands in the environment file.
      """
