@section-AISP @T-7d @owner-John @critical
Feature: AISP Ready for balances that cannot be fetched

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

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
      Within the last 30 days each contact of this failure runbook has answered by the way that is written down. I have gone
      through the runbook, and its next review is on the day that stands in the environment file.
      """
