@section-6.2
Feature: 6.2 Key figures

  What the first day must have been like. A no here means that Drop is open and does not keep
  what was promised.

  @GL-6.2.1 @T+24h @critical @auto @owner-platform
  Scenario: The first day was up as promised
    Given how long each monitor was down since the launch
    Then each was up at least 99.9 % of the time, over at least 24 hours

  @GL-6.2.2 @T+24h @critical @auto @attest @owner-go-live-owner
  Scenario: The first day passed without a critical alert
    Given what is said in "#drop-ops"
    Then no critical alert has arrived there since the launch, which was at least 24 hours ago
