@section-3.5
Feature: 3.5 Public launch

  An hour after the invited, everybody. A no here means that the launch was announced to people who cannot
  get in.

  @GL-3.5.1 @T+1h @owner-go-live-owner @critical @auto @attest
  Scenario: Anybody may become a customer
    When a visitor opens
      | /             |
      | /no-such-page |
    And a stranger asks to become a customer
    Then "/" is a page in Norwegian of at least 100 words under the heading "Drop"
    And that is there for everybody
    But "/" is not what "/no-such-page" shows
