@section-2.3
Feature: 2.3 External services

  Drop is made of other people's services: who somebody is, what they may do and what is in their account is said by
  BankID, Sumsub and the banks. A no here means that a customer gets as far as one of them, and no further.

  @GL-2.3.1 @T-7d @owner-go-live-owner @blocker @attest
  Scenario: A real Norwegian BankID logs in
    Given this is signed by the go-live owner
      """
      With my own BankID I logged in at https://getdrop.no and reached the dashboard.
      """
    Then the signature is at most 7 days old

  @GL-2.3.2 @T-7d @owner-platform @blocker @auto
  Scenario: The login leads to BankID and returns to Drop's own callback
    When a login is started twice
    Then the visitor is sent to BankID each time, carrying
      | part           | value                                       |
      | callback       | https://getdrop.no/api/auth/bankid/callback |
      | response type  | code                                        |
      | state          | new each time                               |
      | nonce          | new each time                               |
      | code challenge | S256, new each time                         |
    When BankID is asked for the login that Drop asks for
    Then BankID knows the callback
    When a visitor opens
      | /               |
      | /api/auth/login |
    Then "/" asks for no password, and nothing else is there

  @GL-2.3.3 @T-7d @owner-go-live-owner @blocker @auto @attest
  Scenario: A real document has gone through the whole flow
    When Sumsub is asked about the applicant who tried the flow
    Then the review is "completed" with the answer "GREEN"
    And this is signed by the go-live owner
      """
      A real document went through the whole KYC flow at https://getdrop.no, and Sumsub approved it; the evidence names the applicant's id.
      """

  @GL-2.3.4 @T-7d @owner-platform @blocker @auto @act @attest
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
    And this is signed by the platform engineer
      """
      A report that Sumsub signed with the webhook's own secret arrived at https://getdrop.no/api/kyc/webhook and was
      accepted; in staging, on App Runner with PostgreSQL, a real review changed the status of a test applicant.
      """

  @GL-2.3.5 @T-7d @owner-go-live-owner @blocker @auto @attest
  Scenario: Norwegian bank accounts can be read
    When Neonomics is asked for the banks of "NO"
    Then at least 1 bank of "NO" is available for "accounts"
    And this is signed by the go-live owner
      """
      Through Drop I read the balance of a real Norwegian bank account, and it is the one that the bank shows.
      """

  @GL-2.3.6 @T-7d @owner-platform @critical @act
  Scenario: A payment is taken in the sandbox
    When a payment of 100 "NOK" is ordered in Neonomics' sandbox
    Then it is taken under a number, and its payer's approval is asked for
