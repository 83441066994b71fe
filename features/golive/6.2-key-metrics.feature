@section-6.2
Feature: 6.2 Key metrics

  The promises that the first day is measured by. A no here means that Drop opened, and does not yet
  do what it was opened for.

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
