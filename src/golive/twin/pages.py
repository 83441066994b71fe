"""
What the site of the twin says: its texts, its style and its script.

The texts are ours, written for the rehearsal; they are nobody's terms.
"""

from __future__ import annotations

STYLE = """\
body { font: 1.05rem/1.55 system-ui, sans-serif; color: #14213d; background: #fff; margin: 0 auto; max-width: 44rem; }
header, main, footer { padding: 1rem 1.5rem; }
footer a { margin-right: 1rem; }
label { display: block; margin-top: 1rem; }
input, textarea { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
input[type=checkbox] { width: auto; }
.knapp { background: #0b6e4f; border: 0; border-radius: .4rem; color: #fff; display: inline-block; font: inherit;
  margin: .5rem .5rem .5rem 0; padding: .7rem 1.2rem; text-decoration: none; }
.svak { background: none; border: 0; color: #999; font: inherit; font-size: .7rem; }
[role=dialog], .kapsler { background: #f4f7f5; border: 1px solid #0b6e4f; bottom: 1rem; left: 1rem; padding: 1rem;
  position: fixed; right: 1rem; }
[hidden] { display: none; }
"""

# Before a choice is made it writes nothing. What a fault adds comes in by the places in capitals.
SCRIPT = """\
(function () {
  "use strict";
  var settings = SETTINGS;
  var year = "; Path=/; Max-Age=31536000; Secure; SameSite=Lax";
  function measure() {
    document.cookie = "drop_analytics=1" + year;
    localStorage.setItem("drop_analytics", settings.NEXT_PUBLIC_SERVICE_MODE || "unknown");
  }
  function choose(choice) {
    document.cookie = "drop_consent=" + choice + year;
    if (choice === "all" || IGNORES_REFUSAL) { measure(); }
    document.getElementById("samtykke").hidden = true;
  }
  function each(name, act) {
    document.querySelectorAll("[data-samtykke=" + name + "]").forEach(function (button) {
      button.addEventListener("click", act);
    });
  }
  each("all", function () { choose("all"); });
  each("necessary", function () { choose("necessary"); });
  each("more", function () { document.getElementById("flere-valg").hidden = false; });
  EARLY
  document.documentElement.setAttribute("data-ready", "yes");
})();
"""

ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="9" r="6" fill="#0b6e4f"/></svg>
"""

LANDING = """\
<p>Drop samler kontoene dine på ett sted og lar deg betale rett fra bankkontoen, uten omveien om kort. Du ser saldoen
hos banken din, skanner en QR-kode i butikken eller sender penger til utlandet, og godkjenner med BankID.</p>
LOGIN
<h2>Slik virker det</h2>
<ol>
<li>Logg inn med BankID. Da vet vi hvem du er, og ingen andre kan gi seg ut for å være deg.</li>
<li>Koble til banken din. Du gir samtykket hos banken selv og kan trekke det tilbake når som helst.</li>
<li>Betal eller overfør. Før du sier ja, viser vi gebyr, kurs og hvor lang tid det tar.</li>
</ol>
<h2>Trygt og under tilsyn</h2>
<p>Pengene dine blir i banken din til du selv flytter dem. Vi følger norske regler for betalingstjenester, og du kan
alltid klage til oss eller gå videre til en uavhengig nemnd.</p>
"""

TERMS = """\
<p>Disse vilkårene gjelder mellom deg og Drop AS, organisasjonsnummer 999 999 999, med forretningsadresse i Oslo.
Du godtar dem når du oppretter en bruker.</p>
<h2>1. Tjenesten</h2>
<p>Drop viser kontoopplysninger fra bankene du har valgt, og setter i gang betalinger på dine vegne. Vi holder aldri
pengene dine. Banken din gjennomfører betalingen etter at du har godkjent den der.</p>
<h2>2. Hvem kan bruke Drop</h2>
<p>Du må ha fylt 18 år, bo i Norge og ha din egen BankID. Vi er pliktige til å kontrollere identiteten din og til å
forstå hva du skal bruke tjenesten til, og kan be om flere opplysninger når regelverket krever det.</p>
<h2>3. Priser</h2>
<p>Det koster ingenting å se saldoen eller betale i butikk. For overføringer til utlandet viser vi gebyr, valutakurs
og mottatt beløp før du godkjenner. Det du ikke har fått se på forhånd, betaler du ikke for.</p>
<h2>4. Ditt ansvar og vårt ansvar</h2>
<p>Hold BankID for deg selv og meld fra straks hvis noen kan ha brukt den. Er en betaling gjennomført uten at du
godkjente den, retter vi opp saken slik finansavtaleloven bestemmer.</p>
<h2>5. Endringer og oppsigelse</h2>
<p>Vi varsler endringer minst to måneder før de trer i kraft. Du kan si opp avtalen når som helst, uten kostnad.</p>
<h2>6. Klage og lovvalg</h2>
<p>Er du ikke fornøyd, kan du <a href="/klage">klage til oss</a> og deretter til Finansklagenemnda. Norsk rett
gjelder.</p>
"""

PRIVACY = """\
<p>Drop AS, organisasjonsnummer 999 999 999, er behandlingsansvarlig for personopplysningene dine. Har du spørsmål om
personvern, skriv til <a href="mailto:personvern@getdrop.no">personvern@getdrop.no</a>.</p>
<h2>Hva vi behandler</h2>
<p>Navn og fødselsdato fra BankID, kontaktopplysninger som du gir oss, kontoopplysninger fra bankene du kobler til, og
betalingene du gjør. Dokumenter til identitetskontroll behandles av leverandøren vår for slik kontroll.</p>
<h2>Hvorfor, og med hvilket grunnlag</h2>
<p>Vi trenger opplysningene for å oppfylle avtalen med deg, og for å følge hvitvaskingsloven og bokføringsloven.
Statistikk om bruken av nettsiden lager vi bare hvis du har samtykket.</p>
<h2>Hvor lenge</h2>
<p>Så lenge du er kunde, og deretter i fem år der loven krever det. Resten sletter vi.</p>
<h2>Informasjonskapsler</h2>
<p>Kapselen «drop_session» er nødvendig for at siden skal virke. «drop_consent» husker valget ditt. «drop_analytics»
settes bare hvis du velger «Godta alle», og du kan ombestemme deg når du vil.</p>
<h2>Rettighetene dine</h2>
<p>Du kan kreve innsyn, retting, sletting og å få opplysningene med deg. Mener du at vi bryter reglene, kan du klage
til Datatilsynet.</p>
"""

COMPLAINT = """\
<p>Fortell oss hva som gikk galt, så svarer vi innen 15 virkedager. Du trenger ikke å være logget inn.</p>
<form method="post" action="/api/klage">
<label for="navn">Navn</label>
<input id="navn" name="navn" type="text" autocomplete="name" required>
<label for="epost">E-post</label>
<input id="epost" name="e-post" type="email" autocomplete="email" required>
<label for="beskrivelse">Beskrivelse</label>
<textarea id="beskrivelse" name="beskrivelse" rows="6" required></textarea>
<button class="knapp" type="submit">Send klagen</button>
</form>
<p>Er du uenig i svaret vårt, kan du bringe saken inn for Finansklagenemnda, som er uavhengig og gratis for deg.</p>
"""

THANKS = """\
<p role="status">Takk, vi har mottatt klagen din og svarer innen 15 virkedager.</p>
"""

NOT_FOUND = """\
<p>Siden du leter etter, finnes ikke, eller den har flyttet. Gå til <a href="/">forsiden</a>.</p>
"""

SIGN_UP = """\
<p>Alle over 18 år med norsk BankID kan bli kunde. Det tar to minutter: logg inn, les vilkårene og koble til banken.</p>
<p><a class="knapp" href="/api/auth/bankid/initiate">Bli kunde med BankID</a></p>
"""

DASHBOARD = """\
<p>Brukskonto i Eksempelbanken: 12 345,67 kroner.</p>
"""

# What the visitor is asked before anything else: the name of the question, and the question.
QUESTIONS = {
    "cookies": (
        "Informasjonskapsler",
        "Noen kapsler er nødvendige for at siden skal virke. Andre forteller oss hvordan siden brukes, og dem setter\n"
        "vi bare hvis du sier ja.",
    ),
    "newsletter": ("Nyhetsbrev", "Vil du ha nyhetsbrev fra Drop? Du kan melde deg av når du vil."),
}

# What the page where strangers become customers asks of those who were not invited.
INVITATION = """\
<form method="post" action="/api/bli-kunde">
<label for="kode">Invitasjonskode</label>
<input id="kode" name="kode" type="text" required>
<button class="knapp" type="submit">Gå videre</button>
</form>
"""

# What a site with a login of its own shows besides BankID's button.
OTHER_WAY_IN = """\
<form method="post" action="/api/auth/login">
<label for="bruker">E-post</label>
<input id="bruker" name="bruker" type="email" autocomplete="username" required>
<label for="passord">Passord</label>
<input id="passord" name="passord" type="password" autocomplete="current-password" required>
<button class="svak" type="submit">Logg inn med e-post</button>
</form>
"""

PARKED = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Parked</title></head>
<body><h1>This name is parked</h1><p>Nothing has been set up here yet.</p></body></html>
"""
