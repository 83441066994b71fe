@section-2.3
Feature: 2.3 External services

  What Drop is made of stands elsewhere: who somebody is, what their bank says, whether they may have an
  account. A no here means that customers cannot get in, or that what Drop is told about them cannot be relied on.

  @GL-2.3.2 @T-7d @owner-platform @blocker @auto
  Scenario: The login leads to BankID and returns to Drop's own callback
    When a login is started twice
    Then the visitor is sent to BankID each time, carrying
      | part           | value                                       |
      | callback       | https://getdrop.no/api/auth/bankid/callback |
      | response type  | code                                        |
      | state          | new each time                               |
      | nonce          | new each time                               |
      | code challenge | S256, new each time                         |
    When BankID is asked for the login that Drop asks for
    Then BankID knows the callback
    When a visitor opens
      | /               |
      | /api/auth/login |
    Then "/" asks for no password, and nothing else is there
