@section-6.1
Feature: 6.1 The first day

  What works for ten invited people may not work for a thousand. A no here means that something is
  failing customers now, and that somebody must look before more of them come.

  @GL-6.1.2 @T+2h @critical @auto @attest @owner-platform
  Scenario: Errors are rare among what the service logs
    When these figures since the launch are read
      | the errors in the log |
    Then each keeps its bound
      | figure        | bound       | of at least  |
      | logged errors | at most 1 % | 100 requests |

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
