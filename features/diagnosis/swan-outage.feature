@diagnose_swan
Feature: Swan does not work for us

  Accounts, cards and wallets fail, for everybody or for some of what they do. Each scenario is a cause and says how the world
  is when it is not that one: a no points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @SWAN-C1
  Scenario: Swan is there for everybody
    Given how Swan answers a stranger
    And what the log tells of failures since the incident began
    Then Swan can be reached, and answers as it must (a no is certain)
    And the name of Swan is there (a no is weak)
    And at most 2 failures of Swan are of the kind "outages" (a no is strong)
    When Swan's status page is read
    Then no disturbance is told there (a no is strong)

  @SWAN-C2
  Scenario: Swan takes the credentials that the service is given
    When Swan is shown the credentials of the service
    Then Swan takes them (a no is certain)
    Given the secrets of the service
    Then they hold (a no is strong)
      | secret             | form             | characters, at least |
      | SWAN_CLIENT_ID     | production value | 6                    |
      | SWAN_CLIENT_SECRET | production value | 16                   |
    Given what the log tells of failures since the incident began
    Then at most 2 failures of Swan are of the kind "credentials" (a no is strong)

  @SWAN-C3
  Scenario: Swan takes as many calls as Drop makes
    Given how Swan answers a stranger
    And what the log tells of failures since the incident began
    Then Swan turns nobody away for asking too often (a no is strong)
    And at most 2 failures of Swan are of the kind "limits" (a no is strong)
    When Swan is shown the credentials of the service
    Then Swan does not limit our rate (a no is strong)

  @SWAN-C4
  Scenario: What Drop asks of Swan is what Swan can be asked
    When our queries are held against Swan's schema
    Then every query of ours fits it (a no is certain)
    Given what the log tells of failures since the incident began
    Then at most 2 failures of Swan are of the kind "schema" (a no is strong)

  @SWAN-C5
  Scenario: The service gets out to Swan
    Given how Swan answers a stranger
    And the way out of the service
    Then it leads to Swan (a no is certain)
    And the name of Swan is there (a no is strong)
    Given what the log tells of failures since the incident began
    Then while Swan answers, at most 2 failures of Swan are of the kind "network" (a no is strong)
    Given what was done to the service
    Then nothing failed there since shortly before the incident (a no is weak)

  @SWAN-C6
  Scenario: Our project at Swan is not suspended
    When Swan is shown the credentials of the service
    Then our project at Swan is a live one (a no is certain)
    Given what the log tells of failures since the incident began
    Then at most 2 failures of Swan are of the kind "suspensions" (a no is strong)
