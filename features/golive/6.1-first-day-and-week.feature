@section-6.1
Feature: 6.1 The first day and week

  A launch is over when the product has carried a week of real people. A no here means that something went wrong and nobody
  was there to see it.

  @GL-6.1.1 @T+2h @owner-go-live-owner @normal @attest
  Scenario: Somebody watched #drop-ops for the two hours after the launch
    Given this is signed by the go-live owner
      """
      For the two hours after the launch somebody watched #drop-ops without a break; the evidence names who, and the times.
      """
    Then the signature is at most 7 days old

  @GL-6.1.2 @T+2h @critical @auto @attest @owner-platform
  Scenario: Errors are rare among what the service logs
    When these figures since the launch are read
      | the errors in the log |
    Then each keeps its bound
      | figure             | bound       | of at least       |
      | logged errors      | at most 1 % | 100 requests      |
      | lines with a level | known       | 99 % of the lines |
    And this is signed by the platform engineer
      """
      I have gone through the errors that the service logged since the launch; what follows from them is in the evidence.
      """

  @GL-6.1.3 @T+4h @critical @auto @owner-product
  Scenario: Payments go through
    When these figures since the launch are read
      | the payments |
    Then each keeps its bound
      | figure              | bound      | of at least |
      | successful payments | above 95 % | 50 payments |

  @GL-6.1.4 @T+8h @critical @auto @owner-product
  Scenario: Nobody is stuck in Sumsub's queue
    When the people who wait for a decision are counted
    Then nobody has waited for more than 2 hours

  @GL-6.1.5 @T+24h @critical @auto @owner-platform
  Scenario: The first day has its report
    When these figures since the launch are read
      | the uptime   |
      | the requests |
    Then each keeps its bound
      | figure          | bound           | of at least  |
      | uptime          | at least 99.9 % | 24 hours     |
      | failed requests | below 1 %       | 500 requests |
      | p99 latency     | known           | 500 requests |

  @GL-6.1.6 @T+7d @owner-go-live-owner @normal @attest
  Scenario: The first week is reviewed
    Given this is signed by the go-live owner
      """
      We have gone through the first week with its figures. What follows from it is written down in the evidence.
      """
    Then the signature is at most 7 days old
