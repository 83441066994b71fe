@section-1
Feature: 1 Prerequisites

  What must stand before the week of the launch begins. A no here means that visitors cannot
  reach Drop under its own name, cannot trust the line or log in, or that strangers can reach its database.

  @GL-1.1 @T-7d @owner-platform @blocker @auto
  Scenario: BankID knows Drop, and the service holds what BankID asks for
    Given BankID's description of itself
    And the secrets of the service
    Then it describes
      | of             | word                                    |
      | issuer         | https://auth.bankid.no/auth/realms/prod |
      | response type  | code                                    |
      | code challenge | S256                                    |
      | scope          | openid                                  |
      | scope          | profile                                 |
    And they hold
      | secret               | form             | characters, at least |
      | BANKID_CLIENT_ID     | production value | 6                    |
      | BANKID_CLIENT_SECRET | production value | 16                   |
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID takes the credentials
    And it knows the callback of the service

  @GL-1.2 @T-7d @owner-CEO @critical @auto @attest
  Scenario: The provider of Open Banking lets the service in
    Given the secrets of the service
    Then they hold
      | secret                  | form             | characters, at least |
      | NEONOMICS_CLIENT_ID     | production value | 6                    |
      | NEONOMICS_CLIENT_SECRET | production value | 16                   |
    When the service shows its credentials to each provider of Open Banking
    Then each lets it in
    And this is signed by the CEO
      """
      I have signed the contract with Neonomics, our provider of Open Banking; it covers accounts and payments in production.
      """

  @GL-1.3 @T-7d @owner-platform @blocker @auto
  Scenario: Sumsub takes the service's calls, in production
    When the service calls Sumsub with its own credentials
    Then Sumsub takes the call, for its production account

  @GL-1.4 @T-7d @owner-platform @blocker @auto
  Scenario: The service answers for getdrop.no
    Given the custom domains of the service
    Then "getdrop.no" is active there, with "www.getdrop.no"

  @GL-1.5 @T-7d @owner-platform @blocker @auto
  Scenario: The certificate is trusted by everybody and lasts
    Given the certificates served for
      | getdrop.no |
    Then every certificate is trusted, and its key is strong
    And every certificate is valid for at least 14 more days, and less than 30 is a warning
    And Amazon may renew every certificate

  @GL-1.6 @T-7d @owner-platform @critical @auto
  Scenario: Three monitors watch Drop from outside
    Given the monitors
    Then at least 3 of them are active and watch our own address

  @GL-1.7 @T-7d @owner-platform @critical @auto
  Scenario: The service holds a webhook of Slack, and Slack knows it
    Given the secrets of the service
    And the service's webhook of Slack
    Then they hold
      | secret            | form                   |
      | SLACK_WEBHOOK_URL | Slack incoming webhook |
    And Slack knows it

  @GL-1.8 @T-7d @owner-platform @blocker @auto
  Scenario: Nobody reaches the database from the internet
    Given the database instance
    And the firewalls of the database instance
    Then the database instance is not public
    And no firewall opens the database to the internet

  @GL-1.9 @T-7d @owner-CEO @critical @auto @attest
  Scenario: Every feature flag is in the launch table, and reviewed
    Given the settings of the running service
    And the script that browsers run
    Then the settings that begin with "NEXT_PUBLIC_FF_" are exactly
      | setting                           | value |
      | NEXT_PUBLIC_FF_NOTIFICATIONS      | true  |
      | NEXT_PUBLIC_FF_MERCHANT_DASHBOARD | true  |
      | NEXT_PUBLIC_FF_VIRTUAL_CARDS      | false |
      | NEXT_PUBLIC_FF_PHYSICAL_CARDS     | false |
      | NEXT_PUBLIC_FF_CARD_DETAILS       | false |
      | NEXT_PUBLIC_FF_CARD_FREEZE        | false |
      | NEXT_PUBLIC_FF_CARD_PIN           | false |
      | NEXT_PUBLIC_FF_SPENDING_LIMITS    | false |
    And browsers are given the same, of all that begin with "NEXT_PUBLIC_FF_"
    And this is signed by the go-live owner
      """
      I went through every feature flag of drop-web with its value. I know what each of them opens or holds back, and this
      is what customers are to be offered on the first day.
      """

  @GL-1.10 @T-7d @owner-platform @blocker @attest
  Scenario: A security audit has left nothing serious open
    Given this is signed by the reviewer, not the author
      """
      The attached report is that of the final security audit of this release, and I did not write it. On the day of the
      launch it is at most 30 days old by the date that it bears. No critical or high finding of it is open.
      """
    Then the signature is at most 30 days old
