@section-SWAN @T-7d @owner-John @critical
Feature: SWAN Ready for an outage of Swan

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @SWAN-R4 @auto
  Scenario: Swan can be reached, from here and from the service
    Given how Swan answers a stranger
    Then the name of Swan is there
    And Swan can be reached, and answers as it must
    And Swan turns nobody away
    Given the way out of the service
    Then it leads to Swan
