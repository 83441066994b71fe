@diagnose_kyc
Feature: Identities cannot be verified

  Nobody can finish signing up, or some cannot. Each scenario is a cause and says how the world is when it is not that one: a
  no points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @KYC-C1
  Scenario: Sumsub is there for everybody
    Given how Sumsub answers a stranger
    And what the log tells of failures since the incident began
    Then Sumsub can be reached, and answers as it must (a no is certain)
    And the name of Sumsub is there (a no is strong)
    And at most 2 failures of Sumsub are of the kind "outages" (a no is strong)
    And while Sumsub answers, at most 2 failures of Sumsub are of the kind "network" (a no is weak)

  @KYC-C2
  Scenario: Documents are accepted
    Given how people were decided on since the incident began
    Then at most 4 people were turned down for (a no is certain)
      | document_not_readable  |
      | document_expired       |
      | document_type_mismatch |
      | underage               |
    Given what the log tells of failures since the incident began
    Then at most 4 customers have failures of Sumsub of the kind "documents" (a no is strong)

  @KYC-C3
  Scenario: Nobody's name is on a list of sanctions
    Given what the log tells of failures since the incident began
    Then at most 0 failures of Sumsub are of the kind "sanctions" (a no is certain)
    Given how people were decided on since the incident began
    Then nobody waits for a match with a list of sanctions to be looked at (a no is strong)

  @KYC-C4
  Scenario: Sumsub's reports reach us
    When Sumsub is asked about those who have waited with us for more than 10 minutes
    Then it has decided on none of them (a no is certain)
    Given the webhooks that are registered at Sumsub
    Then Sumsub sends to "https://getdrop.no/api/kyc/webhook", signed with SHA-256 or SHA-512, at least (a no is strong)
      | report            | on each    |
      | applicantReviewed | individual |
    When reports in Sumsub's name arrive, which it did not sign
    Then somebody is there to take them (a no is strong)
    Given what the log tells of failures since the incident began
    Then at most 2 failures of Sumsub are of the kind "deliveries" (a no is weak)
    Given how people were decided on since the incident began
    Then at most 4 people have waited for more than half an hour (a no is weak)

  @KYC-C5
  Scenario: Sumsub takes the credentials that the service is given
    When Sumsub is shown the credentials of the service
    Then Sumsub takes them (a no is certain)
    Given the secrets of the service
    Then they hold (a no is strong)
      | secret            | form                                   | characters, at least |
      | SUMSUB_APP_TOKEN  | production value that begins with prd: | 24                   |
      | SUMSUB_SECRET_KEY | production value                       | 16                   |
    Given what the log tells of failures since the incident began
    Then at most 2 failures of Sumsub are of the kind "credentials" (a no is strong)
    And at most 2 failures of Sumsub are of the kind "signatures" (a no is strong)

  @KYC-C6
  Scenario: Selfies are accepted
    Given how people were decided on since the incident began
    Then at most 4 people were turned down for (a no is certain)
      | liveness_check_failed |
      | face_mismatch         |
    Given what the log tells of failures since the incident began
    Then at most 4 customers have failures of Sumsub of the kind "liveness" (a no is strong)
