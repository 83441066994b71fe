@section-1 @T-7d @owner-platform
Feature: 1 Prerequisites

  What must stand before the week of the launch begins. A no here means that visitors cannot
  reach Drop under its own name, cannot trust the line or log in, or that strangers can reach its database.

  @GL-1.1 @blocker @auto
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
      | secret               | form             |
      | BANKID_CLIENT_ID     | production value |
      | BANKID_CLIENT_SECRET | production value |
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID takes the credentials
    And it knows the callback of the service

  @GL-1.4 @blocker @auto
  Scenario: The service answers for getdrop.no
    Given the custom domains of the service
    Then "getdrop.no" is active there, with "www.getdrop.no"

  @GL-1.5 @blocker @auto
  Scenario: The certificate is trusted by everybody and lasts
    Given the certificates served for
      | getdrop.no |
    Then every certificate is trusted, and its key is strong
    And every certificate is valid for at least 14 more days, and less than 30 is a warning
    And Amazon may renew every certificate

  @GL-1.8 @blocker @auto
  Scenario: Nobody reaches the database from the internet
    Given the database instance
    And the firewalls of the database instance
    Then the database instance is not public
    And no firewall opens the database to the internet
