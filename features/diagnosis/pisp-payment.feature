@diagnose_pisp
Feature: Payments fail

  Nobody can send money or pay, or some cannot. Each scenario is a cause and says how the world is when it is not that one: a
  no points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @PISP-C1
  Scenario: The providers of payments are there for everybody
    Given how the providers of payments answer a stranger
    And what the log tells of failures since the incident began
    Then they can all be reached, and all answer as they must (a no is certain)
    And their names are there (a no is strong)
    And at most 9 failures of PISP or Neonomics or Swan are of the kind "outages" (a no is strong)
    Given what became of the payments since the incident began
    Then at most 2 customers had payments that failed with (a no is weak)
      | TIMEOUT |

  @PISP-C2
  Scenario: The payers' consents stand
    Given what became of the payments since the incident began
    Then at most 2 customers had payments that failed with (a no is certain)
      | CONSENT_EXPIRED        |
      | CONSENT_INVALID        |
      | ACCOUNT_NOT_ACCESSIBLE |
    Given what the log tells of failures since the incident began
    Then at most 2 customers have failures of PISP or Neonomics or nobody named of the kind "consents" (a no is strong)
    Given the consents of the customers, and which of them ended or end within 7 days
    Then at most 10 % of the consents have ended in these days (a no is weak)

  @PISP-C3
  Scenario: The payers have the money
    Given what became of the payments since the incident began
    Then at most 4 customers had payments that failed with (a no is certain)
      | INSUFFICIENT_FUNDS |
    Given what the log tells of failures since the incident began
    Then at most 4 customers have failures of PISP of the kind "funds" (a no is strong)

  @PISP-C4
  Scenario: Banks let payments through Drop pass
    Given what became of the payments since the incident began
    Then at most 2 customers had payments that failed with (a no is certain)
      | PAYMENT_REJECTED |
      | SECURITY_BLOCK   |
      | LIMIT_EXCEEDED   |
    Given what the log tells of failures since the incident began
    Then at most 2 customers have failures of PISP of the kind "rejections" (a no is strong)

  @PISP-C5
  Scenario: Neonomics takes as many payments as Drop orders
    Given what became of the payments since the incident began
    Then at most 2 customers had payments that failed with (a no is certain)
      | RATE_LIMIT_EXCEEDED |
    Given what the log tells of failures since the incident began
    Then at most 9 failures of PISP or Neonomics or nobody named are of the kind "limits" (a no is strong)
    Given how the providers of payments answer a stranger
    Then they turn nobody away for asking too often (a no is strong)
    When Neonomics is shown the credentials of the service
    Then Neonomics does not limit our rate (a no is strong)

  @PISP-C6
  Scenario: The recipients' account numbers are right
    Given what became of the payments since the incident began
    Then at most 2 customers had payments that failed with (a no is certain)
      | INVALID_IBAN      |
      | ACCOUNT_NOT_FOUND |
    Given the account numbers that were to be paid since the incident began
    Then at most 2 of the refused numbers have wrong check digits (a no is strong)
    Given what the log tells of failures since the incident began
    Then at most 2 customers have failures of PISP of the kind "recipients" (a no is strong)
