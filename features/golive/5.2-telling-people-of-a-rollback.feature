@section-5.2
Feature: 5.2 Telling people of a rollback

  Whoever is on duty, and whoever cannot pay, must hear it from Drop. A no here means that they
  find out by themselves.

  @GL-5.2.1 @rollback @normal @act @owner-go-live-owner
  Scenario: #drop-ops knows that Drop goes back
    When "#drop-ops" is told "Going back to previous version, investigating [issue]"
    Then it has arrived there

  @GL-5.2.2 @rollback @normal @auto @owner-go-live-owner
  Scenario: The status page tells of the incident
    Given what was done to the service
    And the reports of the status page
    Then one of them tells of what was rolled back, and names what it affects

  @GL-5.2.3 @rollback @owner-go-live-owner @normal @attest
  Scenario: The users who are affected have a message waiting for them
    Given this is signed by the go-live owner
      """
      A message to the users who are affected by the rollback is ready: what happened, what it means for them, and what
      they should do. Its text is in the evidence.
      """
    Then the signature is at most 7 days old
