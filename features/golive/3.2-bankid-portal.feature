@section-3.2 @T-1h @owner-go-live-owner
Feature: 3.2 BankID's portal

  What BankID has on record for Drop, an hour before the launch. A no here means that BankID will not
  send customers back to where they came from, or will not say who they are.

  @GL-3.2.1 @blocker @auto @attest
  Scenario: The callback on record is the one that Drop uses
    When a login is started twice
    Then the visitor is sent to BankID each time, carrying
      | part     | value                                       |
      | callback | https://getdrop.no/api/auth/bankid/callback |
    When BankID is asked for the login that Drop asks for
    Then BankID knows the callback
    And this is signed by the go-live owner
      """
      BankID's portal shows the callback https://getdrop.no/api/auth/bankid/callback for Drop's client.
      """

  @GL-3.2.2 @critical @auto @attest
  Scenario: The app on the phone has its callback on record as well
    When BankID is asked for a login of Drop's that returns to "drop://auth/callback"
    Then BankID knows the callback
    And this is signed by the go-live owner
      """
      BankID's portal shows the callback drop://auth/callback for Drop's client.
      """

  @GL-3.2.3 @critical @auto @attest
  Scenario: Drop asks for openid and profile, and BankID grants them
    When a login is started twice
    Then the visitor is sent to BankID each time, carrying
      | part   | value          |
      | scopes | openid profile |
    When BankID is asked for the login that Drop asks for
    Then BankID lets the visitor log in
    And this is signed by the go-live owner
      """
      BankID's portal grants Drop's client the scopes openid and profile.
      """
