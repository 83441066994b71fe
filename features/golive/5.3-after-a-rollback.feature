@section-5.3
Feature: 5.3 After a rollback

  Going back is done when Drop works again. A no here means that the previous version does not
  cure it either.

  @GL-5.3.2 @rollback @critical @auto @owner-go-live-owner
  Scenario: Every monitor is green after the rollback
    Given the monitors
    Then every monitor is green
