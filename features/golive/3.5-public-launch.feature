@section-3.5
Feature: 3.5 Public launch

  From here on everybody may come. A no here means that people were promised something that they cannot open, or that
  nobody would notice when it breaks.

  @GL-3.5.1 @T+1h @owner-go-live-owner @critical @auto @attest
  Scenario: Anybody may become a customer
    When a visitor opens
      | /             |
      | /no-such-page |
    And a stranger asks to become a customer
    Then "/" is a page in Norwegian of at least 100 words under the heading "Drop"
    And that is there for everybody, asks for no invitation, and is not what "/no-such-page" shows
    But "/" is not what "/no-such-page" shows
    And this is signed by the go-live owner
      """
      I removed the restriction to invited people, and somebody without an invitation became a customer.
      """

  @GL-3.5.2 @T+1h @owner-go-live-owner @normal @attest
  Scenario: The launch is announced
    Given this is signed by the go-live owner
      """
      The launch is announced on Drop's social and marketing channels; the links are in the evidence.
      """
    Then the signature is at most 7 days old

  @GL-3.5.3 @T+4h @owner-go-live-owner @normal @attest
  Scenario: Somebody watched #drop-ops for the first two hours of the public launch
    Given this is signed by the go-live owner
      """
      From the public launch on, somebody watched #drop-ops for two hours without a break; the evidence names who, and the
      times.
      """
    Then the signature is at most 7 days old

  @GL-3.5.4 @T+4h @owner-go-live-owner @normal @auto @attest
  Scenario: The first hours pass without an incident
    Given the incidents since the launch and before it
    Then no incident has opened since the launch, which was at least 2 hours ago
    And this is signed by the go-live owner
      """
      For the two hours after the public launch somebody looked at BetterStack every 30 minutes; the evidence names who, and the times.
      """
