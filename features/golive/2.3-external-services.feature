@section-2.3
Feature: 2.3 External services

  Drop is made of other people's services: who its users are, what is in their accounts and how they pay is said by
  partners. A no here means a product that opens and then cannot do what it is for.

  @GL-2.3.5 @T-7d @owner-go-live-owner @blocker @auto @attest
  Scenario: Norwegian bank accounts can be read
    When Neonomics is asked for the banks of "NO"
    Then at least 1 bank of "NO" is available for "accounts"

  @GL-2.3.6 @T-7d @owner-platform @critical @act
  Scenario: A payment is taken in the sandbox
    When a payment of 100 "NOK" is ordered in Neonomics' sandbox
    Then it is taken under a number, and its payer's approval is asked for
