@section-3.1 @T-2h @owner-platform
Feature: 3.1 Final verification

  Two hours before the launch everything is looked at once more, and there must be a way back.
  A no here means that the day starts with something broken, or without a copy of the data.

  @GL-3.1.1 @blocker @auto
  Scenario: The service runs and nobody is changing it
    Given the running service
    Then the status of the service is "RUNNING"
    And no operation is in progress

  @GL-3.1.2 @blocker @auto
  Scenario: The service is well under its public name
    When "https://getdrop.no/api/health" is asked how the service is
    Then it says
      | of           | word |
      | the service  | ok   |
      | the database | pass |

  @GL-3.1.3 @blocker @auto
  Scenario: The database is available on the day
    Given the database instance
    Then the database instance is "available" and runs "postgres" 16

  @GL-3.1.4 @blocker @auto
  Scenario: There is a backup to go back to
    Given the database instance
    And the automated snapshots of the database
    Then the newest snapshot is available and at most 24 hours and its backup window old
    And the database can be restored to a moment at most 1 hour ago

  @GL-3.1.5 @blocker @act
  Scenario: There is a copy of the data from the day of the launch
    When a snapshot called "drop-db-pre-launch-YYYYMMDD-HHMM" is there, or is taken
    Then one from the day of the launch is "available"
