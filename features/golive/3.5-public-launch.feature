@section-3.5
Feature: 3.5 Public launch

  Now everybody may come. A no here means that Drop is open and not fit to be, or that nobody
  is looking.

  @GL-3.5.4 @T+4h @normal @auto @attest @owner-go-live-owner
  Scenario: The first hours pass without an incident
    Given the incidents since the launch and before it
    Then no incident has opened since the launch, which was at least 2 hours ago
