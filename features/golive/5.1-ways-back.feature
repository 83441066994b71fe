@section-5.1 @T-2h @owner-platform
Feature: 5.1 Ways back

  When the launch goes wrong there are five minutes to undo it. A no here means that the way back
  would be looked for while customers meet the fault.

  @GL-5.1.1 @critical @auto @attest
  Scenario: There is a previous image to go back to
    Given the running service
    And the images of the repository
    And what the deploy role may do
    Then the previous image is a release in the repository, and what ran before the candidate
    And the service deploys nothing by itself
    And the deploy role may
      | action                  |
      | apprunner:UpdateService |
      | iam:PassRole            |
    And this is signed by the platform engineer
      """
      In staging I went back to the previous image with UpdateService; it took less than five minutes, and the last migration let it run.
      """

  @GL-5.1.2 @critical @auto @attest
  Scenario: The environment of the service can be changed without a build
    Given the settings of the running service
    And what the deploy role may do
    Then each of these is set where it can be changed without a build
      | name             | way            |
      | NODE_ENV         | plain variable |
      | DATABASE_URL     | secret         |
      | BANKID_CLIENT_ID | secret         |
    And the deploy role may
      | action                  |
      | apprunner:UpdateService |
      | iam:PassRole            |
    And this is signed by the platform engineer
      """
      In staging I changed an environment variable with UpdateService, and the service was back within five minutes.
      """
