@section-5.3
Feature: 5.3 After a rollback

  Going back is done when the release before serves again, not when the command has ended. A no here
  means that customers still meet what was to be undone, or nothing at all.

  @GL-5.3.1 @rollback @blocker @auto @owner-go-live-owner
  Scenario: The previous image runs again, and is well
    Given the running service
    When "https://getdrop.no/api/health" is asked how the service is
    Then it says
      | of           | word |
      | the service  | ok   |
      | the database | pass |
    And the last deployment succeeded
    And the previous image runs
