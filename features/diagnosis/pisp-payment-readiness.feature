@section-PISP @T-7d @owner-John @critical
Feature: PISP Ready for payments that fail

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @PISP-R4 @auto
  Scenario: The providers of payments can be reached, from here and from the service
    Given how the providers of payments answer a stranger
    Then their names are there
    And they can all be reached, and all answer as they must
    And they turn nobody away
    Given the way out of the service
    Then the service gets out to all of them
