@diagnose_bankid
Feature: The login with BankID fails

  Nobody can log in, or some cannot. Each scenario is a cause and says how the world is when it is not that one: a no
  points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @BID-C1
  Scenario: BankID is there for everybody
    Given how BankID answers a stranger
    And what the log tells of failures since the incident began
    Then BankID can be reached, and answers as it must (a no is certain)
    And the name of BankID is there (a no is weak)
    And at most 2 failures of BankID are of the kind "outages" (a no is strong)

  @BID-C2
  Scenario: BankID takes the client and the secret that the service is given
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID takes the credentials (a no is certain)
    Given the secrets of the service
    Then they hold (a no is strong)
      | secret               | form             | characters, at least |
      | BANKID_CLIENT_ID     | production value | 6                    |
      | BANKID_CLIENT_SECRET | production value | 16                   |
    When a login is started twice
    Then a login begins there (a no is weak)
    Given what the log tells of failures since the incident began
    Then at most 2 failures of BankID are of the kind "credentials" (a no is strong)

  @BID-C3
  Scenario: The callback is the one that BankID has on record
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID, which knows the client, knows the callback of the service (a no is certain)
    When BankID is asked for the login that Drop asks for
    Then BankID, which knows the client, knows the callback that Drop asks for (a no is certain)
    When a login is started twice
    Then what begins there carries (a no is strong)
      | part     | value                                       |
      | callback | https://getdrop.no/api/auth/bankid/callback |
    Given the settings of the running service
    Then "BANKID_CALLBACK_URL", where it is set, is "https://getdrop.no/api/auth/bankid/callback" (a no is strong)
    Given what the log tells of failures since the incident began
    Then at most 2 failures of BankID are of the kind "redirects" (a no is strong)

  @BID-C4
  Scenario: The state with which a login begins is known when it comes back
    When a login is started twice
    Then what begins there carries (a no is strong)
      | part  | value         |
      | state | new each time |
    Given what the log tells of failures since the incident began
    Then at most 2 failures of BankID are of the kind "states" (a no is strong)

  @BID-C5
  Scenario: BankID takes as many calls as Drop makes
    Given how BankID answers a stranger
    And what the log tells of failures since the incident began
    Then BankID turns nobody away for asking too often (a no is strong)
    And at most 2 failures of BankID are of the kind "limits" (a no is strong)

  @BID-C6
  Scenario: The service gets out to BankID
    Given how BankID answers a stranger
    And the way out of the service
    Then it leads to BankID (a no is certain)
    And the name of BankID is there (a no is strong)
    Given what the log tells of failures since the incident began
    Then while BankID answers, at most 2 failures of BankID are of the kind "network" (a no is strong)
    Given what was done to the service
    Then nothing failed there since shortly before the incident (a no is weak)
