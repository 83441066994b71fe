@section-1 @T-7d @owner-platform
Feature: 1 Prerequisites

  What must stand before the week of the launch begins. A no here means that visitors cannot
  reach Drop under its own name, cannot trust the line, or that strangers can reach its database.

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

  @GL-1.6 @critical @auto
  Scenario: Three monitors watch Drop from outside
    Given the monitors
    Then at least 3 of them are active and watch our own address

  @GL-1.7 @critical @auto
  Scenario: The service holds a webhook of Slack, and Slack knows it
    Given the secrets of the service
    And the service's webhook of Slack
    Then they hold
      | secret            | form                   |
      | SLACK_WEBHOOK_URL | Slack incoming webhook |
    And Slack knows it

  @GL-1.8 @blocker @auto
  Scenario: Nobody reaches the database from the internet
    Given the database instance
    And the firewalls of the database instance
    Then the database instance is not public
    And no firewall opens the database to the internet
