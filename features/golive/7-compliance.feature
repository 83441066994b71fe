@section-7 @T-0 @owner-compliance
Feature: 7 Compliance at launch

  What the law asks of a payment service towards the people who use it. A no here means that Drop
  would serve its first customer unlawfully.

  @GL-7.1 @blocker @attest
  Scenario: Finanstilsynet knows of the live service
    Given this is signed by the compliance officer
      """
      Finanstilsynet was notified that Drop's service goes live, as the licence requires. The notification with its date and
      reference is in the evidence.
      """
    Then the signature is at most 365 days old

  @GL-7.2 @blocker @auto
  Scenario: Anyone can read the terms of service
    When a visitor opens
      | /             |
      | /vilkaar      |
      | /no-such-page |
    Then "/vilkaar" is a page in Norwegian of at least 100 words under the heading "vilkår"
    And "/" leads to "/vilkaar"
    But "/vilkaar" is not what "/no-such-page" shows

  @GL-7.3 @blocker @auto
  Scenario: Anyone can read how personal data is treated
    When a visitor opens
      | /             |
      | /personvern   |
      | /no-such-page |
    Then "/personvern" is a page in Norwegian of at least 100 words under the heading "personvern"
    And "/" leads to "/personvern"
    But "/personvern" is not what "/no-such-page" shows

  @GL-7.4 @blocker @auto
  Scenario: Anyone can complain
    When a visitor opens "https://getdrop.no" in a fresh browser and clicks "Klage"
    Then there is a form that can be sent, asking for
      | navn        |
      | e-post      |
      | beskrivelse |

  @GL-7.5 @blocker @auto
  Scenario: Nothing is stored about a visitor who was not asked
    When a visitor opens "https://getdrop.no" in a fresh browser
    Then consent is asked for, and to refuse is as easy as to accept
    But nothing is stored before the answer except
      | cookie       |
      | drop_session |

  @GL-7.6 @blocker @auto @attest
  Scenario: Large transactions are watched
    Given the tables of the database
    And the watch over transactions
    Then these are complete
      | table      |
      | aml_alerts |
    And the watch has shown a sign of life
    And every large transaction has raised an alert
    And this is signed by the compliance officer
      """
      In staging, on App Runner with PostgreSQL, a synthetic large transaction raised an alert, and whoever handles alerts
      saw it.
      """
