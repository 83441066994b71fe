@section-5.2
Feature: 5.2 Telling people of a rollback

  Whoever is affected learns it from us first. A no here means that customers find out by themselves, and that colleagues
  work on something that is not there any more.

  @GL-5.2.3 @rollback @owner-go-live-owner @normal @attest
  Scenario: The users who are affected have a message waiting for them
    Given this is signed by the go-live owner
      """
      A message to the users who are affected by the rollback is ready: what happened, what it means for them, and what
      they should do. Its text is in the evidence.
      """
    Then the signature is at most 7 days old
