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

  @GL-6.1.6 @T+7d @owner-go-live-owner @normal @attest
  Scenario: The first week is reviewed
    Given this is signed by the go-live owner
      """
      We have gone through the first week with its figures. What follows from it is written down in the evidence.
      """
    Then the signature is at most 7 days old
