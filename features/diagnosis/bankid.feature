@diagnose_bankid
Feature: The login with BankID fails

  Nobody can log in, or some cannot. Each scenario is a cause and says how the world is when it is not that one: a no
  points to the cause, as strongly as the brackets say; what cannot be seen rules nothing out.

  @BID-C2
  Scenario: BankID takes the client and the secret that the service is given
    When BankID is shown the credentials of the service, and asked for a login that returns to "https://getdrop.no/api/auth/bankid/callback"
    Then BankID takes the credentials (a no is certain)
