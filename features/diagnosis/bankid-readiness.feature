@section-BID @T-7d @owner-John @critical
Feature: BID Ready for logins that fail

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @BID-R4 @auto
  Scenario: BankID can be reached, from here and from the service
    Given how BankID answers a stranger
    Then the name of BankID is there
    And BankID can be reached, and answers as it must
    And BankID turns nobody away
    Given the way out of the service
    Then it leads to BankID
