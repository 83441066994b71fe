@section-2.1 @T-7d @owner-platform
Feature: 2.1 Infrastructure

  The service, its database, its image and its secrets. A no here means that the launch has
  nothing to run on, or that it would run with keys that somebody could guess.

  @GL-2.1.1 @blocker @auto
  Scenario: The service runs
    Given the running service
    Then the status of the service is "RUNNING"

  @GL-2.1.2 @blocker @auto
  Scenario: The database is available
    Given the database instance
    Then the database instance is "available" and runs "postgres" 16

  @GL-2.1.3 @critical @auto
  Scenario: The newest release carries the production tag
    Given the running service
    And the images of the repository
    Then the production tag is on the newest release
    And the production tag is on the candidate

  @GL-2.1.4 @blocker @auto
  Scenario: The key that signs sessions is long enough to be one
    Given the secrets of the service
    Then they hold
      | secret     | form                           |
      | JWT_SECRET | at least 32 characters, random |

  @GL-2.1.5 @blocker @auto
  Scenario: The service is told where its database is, and to encrypt the way there
    Given the secrets of the service
    Then they hold
      | secret       | form                                         |
      | DATABASE_URL | PostgreSQL over TLS to the database instance |

  @GL-2.1.6 @blocker @auto
  Scenario: The service can identify itself to BankID
    Given the secrets of the service
    Then they hold
      | secret               | form             | characters, at least |
      | BANKID_CLIENT_ID     | production value | 6                    |
      | BANKID_CLIENT_SECRET | production value | 16                   |

  @GL-2.1.7 @blocker @auto
  Scenario: The service can identify itself to Sumsub
    Given the secrets of the service
    Then they hold
      | secret            | form                                   | characters, at least |
      | SUMSUB_APP_TOKEN  | production value that begins with prd: | 24                   |
      | SUMSUB_SECRET_KEY | production value                       | 16                   |

  @GL-2.1.8 @critical @auto
  Scenario: The service can call for help in Slack
    Given the secrets of the service
    Then they hold
      | secret            | form                   |
      | SLACK_WEBHOOK_URL | Slack incoming webhook |
