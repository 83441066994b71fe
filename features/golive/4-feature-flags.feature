@section-4 @T-7d @owner-CEO
Feature: 4 Feature flags at launch

  What is shown to customers on the first day, and what is held back. A no here means that people
  are offered something that does not exist, or are not offered what was promised.

  @blocker @auto
  Scenario Outline: <flag> is <state> at launch
    Given the settings of the running service
    And the script that browsers run
    Then "<flag>" is "<state>"
    And browsers are given the same "<flag>"

    Examples: Opened
      | item   | flag                              | state |
      | GL-4.1 | NEXT_PUBLIC_FF_NOTIFICATIONS      | true  |
      | GL-4.2 | NEXT_PUBLIC_FF_MERCHANT_DASHBOARD | true  |

    Examples: Held back
      | item   | flag                           | state |
      | GL-4.3 | NEXT_PUBLIC_FF_VIRTUAL_CARDS   | false |
      | GL-4.4 | NEXT_PUBLIC_FF_PHYSICAL_CARDS  | false |
      | GL-4.5 | NEXT_PUBLIC_FF_CARD_DETAILS    | false |
      | GL-4.6 | NEXT_PUBLIC_FF_CARD_FREEZE     | false |
      | GL-4.7 | NEXT_PUBLIC_FF_CARD_PIN        | false |
      | GL-4.8 | NEXT_PUBLIC_FF_SPENDING_LIMITS | false |
