@section-2.4 @T-7d @owner-platform
Feature: 2.4 Domain and TLS

  Visitors type getdrop.no. From then on nobody between them and Drop may read or change
  a word. A no here means that customers can be impersonated on the first day.

  @GL-2.4.1 @blocker @auto
  Scenario: getdrop.no leads to the service, whoever is asked
    Given the addresses of "getdrop.no", and of the service
    Then all name servers agree on where it leads
    And each address leads to the service, and to nothing else

  @GL-2.4.2 @blocker @auto
  Scenario: Both names prove who they are
    Given the certificates served for
      | getdrop.no     |
      | www.getdrop.no |
    Then every certificate is trusted, and its key is strong
    And every certificate is valid for at least 14 more days, and less than 30 is a warning
    But no connection older than TLS 1.2 is accepted

  @GL-2.4.3 @blocker @auto
  Scenario: Plain HTTP is sent to HTTPS
    When a visitor follows
      | http://getdrop.no/vilkaar?fra=golive     |
      | http://www.getdrop.no/vilkaar?fra=golive |
    Then each is sent for good to the same page on the same host over HTTPS, and goes on over HTTPS alone

  @GL-2.4.4 @blocker @auto
  Scenario: HTTPS is promised for two years, to every subdomain, ready to preload
    When a visitor follows
      | https://getdrop.no/                       |
      | https://getdrop.no/api/health             |
      | https://getdrop.no/no-such-page           |
      | https://www.getdrop.no/vilkaar?fra=golive |
    Then every answer on the way to a page, and to an error at "/no-such-page", sends "Strict-Transport-Security" once, carrying exactly
      | directive         | value    |
      | max-age           | 63072000 |
      | includeSubDomains |          |
      | preload           |          |
