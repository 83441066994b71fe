@section-2.5
Feature: 2.5 Monitoring

  Before anybody comes it must be seen when something goes wrong, and somebody must hear of it. A no
  here means that customers would be the first to notice.

  @GL-2.5.5 @T-7d @critical @auto @owner-platform
  Scenario: What the service writes is in its log within a quarter of an hour
    When the log of the service is read
    Then its newest event is at most 15 minutes old
