@section-2.3
Feature: 2.3 External services

  Who people are, and what is in their accounts, Drop learns from others. A no here means that
  customers cannot come in, or that somebody else can decide who does.

  @GL-2.3.3 @T-7d @owner-go-live-owner @blocker @auto @attest
  Scenario: A real document has gone through the whole flow
    When Sumsub is asked about the applicant who tried the flow
    Then the review is "completed" with the answer "GREEN"

  @GL-2.3.4 @T-7d @owner-platform @blocker @auto @act
  Scenario: Sumsub's reports are taken, and a forger's are not
    Given the webhooks that are registered at Sumsub
    And the secrets of the service
    Then Sumsub sends to "https://getdrop.no/api/kyc/webhook", signed with SHA-256 or SHA-512, at least
      | applicantReviewed |
    And the service is given the key of these reports, which is not "SUMSUB_SECRET_KEY"
    When reports in Sumsub's name arrive, which it did not sign
    Then each is refused
      | unsigned                                 |
      | signed with another key                  |
      | signed with SUMSUB_SECRET_KEY            |
      | signed with SHA-1                        |
      | signed by an algorithm that nobody knows |
      | signed before its spaces were changed    |
      | altered after signing                    |
    And nobody takes them at another address that a document names
    When a report arrives, signed as Sumsub signs, on an applicant who does not exist
    Then it is taken, and changes nothing
