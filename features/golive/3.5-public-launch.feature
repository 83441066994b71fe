@section-3.5
Feature: 3.5 Public launch

  From here on everybody may come. A no here means that people were promised something that they cannot open, or that
  nobody would notice when it breaks.

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
