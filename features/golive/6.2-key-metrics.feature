@section-6.2
Feature: 6.2 Key metrics

  The promises that the first day is measured by. A no here means that Drop opened, and does not yet
  do what it was opened for.

  @GL-6.2.1 @T+24h @critical @auto @owner-platform
  Scenario: The first day was up as promised
    Given how long each monitor was down since the launch
    Then each was up at least 99.9 % of the time, over at least 24 hours

  @GL-6.2.2 @T+24h @critical @auto @attest @owner-go-live-owner
  Scenario: The first day passed without a critical alert
    Given what is said in "#drop-ops"
    Then no critical alert has arrived there since the launch, which was at least 24 hours ago
    And this is signed by the go-live owner
      """
      I have gone through #drop-ops since the launch, and no critical alert is among what was said.
      """

  @GL-6.2.3 @T+24h @critical @auto @owner-platform
  Scenario: Fewer than one request in a hundred fails
    When these figures since the launch are read
      | the requests |
    Then each keeps its bound
      | figure          | bound     | of at least  |
      | failed requests | below 1 % | 500 requests |

  @GL-6.2.4 @T+24h @critical @auto @owner-product
  Scenario: Whoever logs in with BankID gets in
    When these figures since the launch are read
      | the logins |
    Then each keeps its bound
      | figure            | bound      | of at least |
      | successful logins | above 99 % | 100 logins  |

  @GL-6.2.5 @T+24h @critical @auto @owner-product
  Scenario: Most people who are reviewed are approved
    When these figures since the launch are read
      | the reviews of people |
    Then each keeps its bound
      | figure          | bound      | of at least |
      | approved people | above 80 % | 20 reviews  |
