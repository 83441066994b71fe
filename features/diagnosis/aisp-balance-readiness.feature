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
