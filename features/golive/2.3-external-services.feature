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
