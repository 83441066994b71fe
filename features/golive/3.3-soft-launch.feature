@section-3.3
Feature: 3.3 Soft launch

  The invited come first. A no here means that they would meet another build than the one that was
  approved, or a front door that does not open.

  @GL-3.3.1 @T-0 @owner-platform @blocker @auto
  Scenario: The deployed revision asks the real BankID
    Given the running service
    Then the last deployment succeeded
    Given the settings of the running service
    Then "BANKID_MOCK" is not set

  @GL-3.3.2 @T-0 @owner-platform @blocker @auto
  Scenario: The product knows its own address
    Given the settings of the running service
    And the script that browsers run
    Then "NEXT_PUBLIC_APP_URL" is "https://getdrop.no"
    And browsers are given the same "NEXT_PUBLIC_APP_URL"

  @GL-3.3.3 @T-0 @owner-platform @blocker @auto
  Scenario: What runs is the candidate
    Given the running service
    And the images of the repository
    Then the last deployment succeeded
    And the production tag is on the candidate
    And the candidate is what runs
    When "https://getdrop.no/api/health" is asked how the service is
    Then whoever answers there was built from the commit that runs

  @GL-3.3.4 @T-0 @owner-platform @blocker @auto
  Scenario: The service is well at the launch
    When "https://getdrop.no/api/health" is asked how the service is
    Then it says
      | of           | word |
      | the service  | ok   |
      | the database | pass |

  @GL-3.3.5 @T-0 @owner-platform @blocker @auto
  Scenario: The front door opens
    When a visitor opens "https://getdrop.no" in a fresh browser
    Then the page is there, in Norwegian, and nothing on it failed

  @GL-3.3.6 @T-0 @owner-platform @blocker @auto
  Scenario: "Logg inn med BankID" leads to BankID
    When a visitor opens "https://getdrop.no" in a fresh browser and clicks "Logg inn med BankID"
    Then the visitor stands before BankID

  @GL-3.3.7 @T+30m @owner-go-live-owner @blocker @attest
  Scenario: A real BankID logs in on the live service
    Given this is signed by the go-live owner
      """
      After the launch I logged in at https://getdrop.no with my own BankID.
      """
    Then the signature is at most 7 days old

  @GL-3.3.8 @T+30m @owner-go-live-owner @blocker @attest
  Scenario: The dashboard shows the balance of a real bank account
    Given this is signed by the go-live owner
      """
      After the launch I saw the balance of my own bank account on the dashboard, and it is the one that my bank shows.
      """
    Then the signature is at most 7 days old

  @GL-3.3.9 @T+30m @owner-go-live-owner @blocker @attest
  Scenario: The KYC status of a real customer is approved
    Given this is signed by the go-live owner
      """
      After the launch and the login with my own BankID, Drop showed my KYC status as approved.
      """
    Then the signature is at most 7 days old

  @GL-3.3.10 @T+30m @owner-go-live-owner @critical @auto @attest
  Scenario: What a remittance costs is told before it is confirmed
    When the cost of sending 1000 "NOK", received in "EUR", is asked for
    Then these are told
      | fee             |
      | rate            |
      | amount received |
      | execution time  |
    And the amount received is what rate and fee leave
    And this is signed by the go-live owner
      """
      Before I confirmed a remittance Drop told me its fee, its rate, the amount that arrives and when.
      """

  @GL-3.3.11 @T+30m @owner-go-live-owner @normal @attest
  Scenario: A test merchant's QR code begins a payment
    Given this is signed by the go-live owner
      """
      After the launch I scanned the QR code of the test merchant with the app, and the payment to that merchant began.
      """
    Then the signature is at most 7 days old
