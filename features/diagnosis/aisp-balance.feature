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
    When Neonomics is asked for the banks of "NO"
    Then it calls no bank that fails 10 times or more anything but available (a no is certain)

  @AISP-C6
  Scenario: Neonomics takes as many calls for balances as Drop makes
    Given what the log tells of failures since the incident began
    Then at most 9 failures of AISP or Neonomics or nobody named are of the kind "limits" (a no is strong)
