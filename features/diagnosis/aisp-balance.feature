@diagnose_aisp
Feature: Balances cannot be fetched

  Customers see no balance, or an old one. Each scenario is a cause and says how the world is when it is not that one: a no
  points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @AISP-C1
  Scenario: The customers' consents stand
    Given what the log tells of failures since the incident began
    Then at most 2 customers have failures of AISP or Neonomics or nobody named of the kind "consents" (a no is certain)
    Given the consents of the customers, and which of them ended or end within 7 days
    Then at most 10 % of the consents have ended in these days (a no is strong)

  @AISP-C2
  Scenario: No bank is down alone
    Given what the log tells of failures since the incident began
    Then no bank fails 10 times or more, and alone (a no is strong)
    When Neonomics, where it answers, is asked for the banks of "NO"
    Then it calls no bank that fails 10 times or more, and alone, anything but available (a no is certain)

  @AISP-C3
  Scenario: Neonomics is there for everybody
    Given how Neonomics answers a stranger
    And what the log tells of failures since the incident began
    Then Neonomics can be reached, and answers as it must (a no is certain)
    And the name of Neonomics is there (a no is weak)
    And at most 9 failures of AISP or Neonomics or nobody named are of the kind "outages" (a no is strong)
    And at most 1 bank fails 5 times or more (a no is strong)

  @AISP-C4
  Scenario: Neonomics takes the credentials that the service is given
    When Neonomics is shown the credentials of the service
    Then Neonomics takes them (a no is certain)
    Given the secrets of the service
    Then they hold (a no is strong)
      | secret                  | form             | characters, at least |
      | NEONOMICS_CLIENT_ID     | production value | 6                    |
      | NEONOMICS_CLIENT_SECRET | production value | 16                   |
    Given what the log tells of failures since the incident began
    Then at most 9 failures of AISP or Neonomics or nobody named are of the kind "credentials" (a no is strong)

  @AISP-C5
  Scenario: The service gets out to Neonomics
    Given how Neonomics answers a stranger
    And the way out of the service
    Then it leads to Neonomics (a no is certain)
    And the name of Neonomics is there (a no is strong)
    Given what the log tells of failures since the incident began
    Then while Neonomics answers, at most 9 failures of AISP or Neonomics are of the kind "network" (a no is strong)
    Given what was done to the service
    Then nothing failed there since shortly before the incident (a no is weak)

  @AISP-C6
  Scenario: Neonomics takes as many calls for balances as Drop makes
    Given how Neonomics answers a stranger
    And what the log tells of failures since the incident began
    Then Neonomics turns nobody away for asking too often (a no is strong)
    And at most 9 failures of AISP or Neonomics or nobody named are of the kind "limits" (a no is strong)
    When Neonomics is shown the credentials of the service
    Then Neonomics does not limit our rate (a no is strong)
