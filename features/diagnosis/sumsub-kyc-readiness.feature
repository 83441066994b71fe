@section-KYC @T-7d @owner-John @critical
Feature: KYC Ready for identities that cannot be verified

  Whether the failure runbook's own steps can be done on the day that they are needed. A no here means that somebody
  opens it in the middle of an incident and gets no further.

  @KYC-R4 @auto
  Scenario: Sumsub can be reached, from here and from the service
    Given how Sumsub answers a stranger
    Then the name of Sumsub is there
    And Sumsub can be reached, and answers as it must
    And Sumsub turns nobody away
    Given the way out of the service
    Then it leads to Sumsub
