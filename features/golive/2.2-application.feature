@section-2.2 @T-7d @owner-platform
Feature: 2.2 Application

  What runs is the product and not a demonstration of it. A no here means that real people would
  meet a stand-in, an unfinished database or code that nobody has seen pass its checks.

  @GL-2.2.1 @blocker @auto
  Scenario: The service is well under App Runner's own name
    When "https://9ef3szvvsb.eu-west-1.awsapprunner.com/api/health" is asked how the service is
    Then it says
      | of          | word |
      | the service | ok   |

  @GL-2.2.2 @blocker @auto
  Scenario: The service is in production mode
    Given the settings of the running service
    And the script that browsers run
    Then "NEXT_PUBLIC_SERVICE_MODE" is "production"
    And browsers are given the same "NEXT_PUBLIC_SERVICE_MODE"

  @GL-2.2.3 @blocker @auto
  Scenario: Nothing stands in for BankID
    Given the settings of the running service
    Then "BANKID_MOCK" is not set

  @GL-2.2.4 @critical @auto
  Scenario: The commit that runs has passed every check
    Given the checks of the commit that runs
    Then each of these is done, and a success
      | check        |
      | lint         |
      | typecheck    |
      | tests        |
      | E2E          |
      | docker-build |
    And the commit is on "main"

  @GL-2.2.5 @blocker @auto
  Scenario: The database has the tables that the product needs
    Given the tables of the database
    Then these are complete
      | table         |
      | users         |
      | bank_accounts |
      | transactions  |
      | sessions      |
      | aml_alerts    |

  @GL-2.2.6 @blocker @auto
  Scenario: Nobody from the demonstration lives in the database
    Given the settings of the running service
    And the users of the database, searched for "test@example.com"
    Then "NODE_ENV" is "production"
    But no user is "test@example.com"
