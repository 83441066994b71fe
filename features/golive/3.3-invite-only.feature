@section-3.3 @T-0 @owner-go-live-owner
Feature: 3.3 Invite-only

  The soft launch is for the invited. A no here means that strangers become customers before anybody has
  seen the product work for one.

  @GL-3.3.12 @critical @auto @attest
  Scenario: Until the public launch a stranger gets no further than the landing page
    When a stranger opens
      | /dashboard            |
      | /api/accounts/balance |
    Then each is refused, or leads back to "/" or to the login
    When a stranger asks to become a customer
    Then until 1 hour after the launch that is refused, or leads back to "/"
    And this is signed by the go-live owner
      """
      Until the public launch only invited people can become customers; the evidence says how others are kept out.
      """
