/** Nederlands voor de instellingen. */
import type { SettingsTexts } from "./en";

const aantal = (n: number, een: string, meer: string) => (n === 1 ? `1 ${een}` : `${n} ${meer}`);

export const nl: SettingsTexts = {
  title: "Instellingen",
  all: "Alle instellingen",
  save: "Bewaren",
  saved: "Bewaard",
  edit: "Wijzigen",
  remove: "Verwijderen",

  sections: {
    general: "Algemeen",
    away: "Afwezig",
    identities: "Namen en handtekeningen",
    forwarding: "Doorsturen",
    blocked: "Geblokkeerde afzenders",
    password: "Wachtwoord",
    programs: "Programma’s en apparaten",
    storage: "Opslag",
    transfer: "Importeren en exporteren",
  },

  general: {
    language: "Taal",
    theme: "Kleuren",
    themes: { system: "Zoals op dit apparaat", light: "Licht", dark: "Donker" },
    density: "Regels van de lijst",
    densities: { roomy: "Ruim", compact: "Dicht op elkaar" },
    conversations: "Berichten als gesprekken tonen",
    shortcuts: "Sneltoetsen met losse letters",
    formatted: "Berichten met opmaak tonen",
    imagesFrom: (n) => `Afbeeldingen van internet worden altijd getoond voor ${aantal(n, "afzender", "afzenders")}.`,
    imagesForget: "Voor iedereen weer vragen",
    rich: "Berichten met opmaak schrijven",
    programs: "Instellingen voor mailprogramma’s en telefoons",
    here: "Deze instellingen worden in deze browser bewaard.",
  },

  notifications: {
    on: "Nieuwe e-mail melden",
    how: "In deze browser, ook als de webmail niet open is. De afzender en het onderwerp worden getoond.",
    denied: "De browser laat deze site geen meldingen tonen. U kunt dat naast de adresbalk veranderen.",
    unable: "De browser kon geen meldingen inschakelen. Probeer het later opnieuw.",
  },

  away: {
    on: "Automatisch antwoorden terwijl ik weg ben",
    from: "Eerste dag",
    until: "Laatste dag",
    subject: "Onderwerp",
    text: "Tekst van het antwoord",
    textMissing: "Vul in wat het antwoord zegt.",
    order: "De laatste dag ligt voor de eerste.",
    how: "Wie u schrijft krijgt het antwoord af en toe, niet op elk bericht. Mailinglijsten krijgen er geen.",
  },

  identities: {
    about: "De naam, het adres en de handtekening waaruit u kiest als u schrijft.",
    add: "Nog een toevoegen",
    addTitle: "Naam of adres toevoegen",
    editTitle: (email) => `${email} wijzigen`,
    name: "Uw naam",
    email: "Adres",
    emailHelp: "Een adres van uzelf, of een waarvan u mag verzenden.",
    replyTo: "Antwoorden gaan naar een ander adres",
    bcc: "Van elk bericht een blinde kopie naar",
    signature: "Handtekening",
    signatureHelp: "Staat onder wat u schrijft.",
    noName: "geen naam",
    wrong: (deel) => (deel === "" ? "Vul een adres in." : `“${deel}” is geen e-mailadres.`),
    forbiddenFrom:
      "U mag niet vanaf dit adres verzenden. Het kan met adressen die van u zijn; vraag uw provider om een ander.",
    removeTitle: "Deze naam verwijderen?",
    removeText: (email) => `U kunt ${email} dan niet meer kiezen als u schrijft. Uw mail blijft.`,
    removed: "Verwijderd",
  },

  forwarding: {
    about: "Mail die binnenkomt gaat ook door naar een ander adres.",
    targets: "Doorsturen naar",
    targetsHelp: (meest) => (meest === 1 ? "Eén adres." : `Eén adres, of hooguit ${meest} met komma’s ertussen.`),
    keepCopy: "Hier een kopie bewaren",
    noCopy: "Zonder kopie bent u een bericht kwijt als het andere postvak het niet aanneemt.",
    stop: "Stoppen met doorsturen",
    on: (adressen) => `Uw mail wordt doorgestuurd naar ${adressen}.`,
    off: "Uw mail wordt niet doorgestuurd.",
    told: "Bewaard. Een bericht in Postvak IN meldt het.",
    wrong: (deel) => `“${deel}” is geen e-mailadres.`,
    none: "Vul een adres in.",
    tooMany: (meest) => `Doorsturen kan naar hooguit ${aantal(meest, "adres", "adressen")}.`,
    refused: "Hierheen kan niet worden doorgestuurd. Misschien is het uw eigen adres, of klopt het niet.",
  },

  blocked: {
    about: "Mail van deze afzenders gaat naar Spam. Zij krijgen daarvan geen bericht.",
    pattern: "Adres of domein",
    patternHelp: "Bijvoorbeeld winnaar@loterij.example, of loterij.example voor iedereen daar.",
    add: "Blokkeren",
    none: "Niemand is geblokkeerd.",
    list: "Geblokkeerde afzenders",
    since: (datum) => `sinds ${datum}`,
    unblock: (wie) => `${wie} niet meer blokkeren`,
    unblockShort: "Niet meer blokkeren",
    added: (wie) => `${wie} is geblokkeerd.`,
    gone: (wie) => `${wie} is niet meer geblokkeerd.`,
    invalid: "Dit is geen adres en geen domein.",
    overQuota: (meest) => `U kunt hooguit ${aantal(meest, "afzender", "afzenders")} blokkeren. Haal er eerst een weg.`,
  },

  password: {
    about: "Met dit wachtwoord logt u hier in, en in uw mailprogramma’s.",
    current: "Huidig wachtwoord",
    next: "Nieuw wachtwoord",
    nextHelp: "Een paar woorden achter elkaar zijn sterk en goed te onthouden. Laat uw naam en adres erbuiten.",
    show: "Wachtwoorden tonen",
    submit: "Wachtwoord wijzigen",
    busy: "Een ogenblik…",
    changed: "Uw wachtwoord is gewijzigd.",
    ended: (n) =>
      n === 0
        ? "Vul het in bij uw mailprogramma’s en telefoons."
        : `${aantal(n, "andere login is", "andere logins zijn")} beëindigd. Vul het nieuwe wachtwoord in bij uw mailprogramma’s en telefoons.`,
    wrong: "Het huidige wachtwoord klopt niet.",
    missing: "Vul beide wachtwoorden in.",
    weak: {
      tooShort: (minst) =>
        minst === null
          ? "Het nieuwe wachtwoord is te kort."
          : `Het nieuwe wachtwoord moet ${minst} tekens of meer hebben.`,
      tooLong: "Het nieuwe wachtwoord is te lang.",
      breached: "Het nieuwe wachtwoord staat op een lijst die dieven gebruiken. Kies een ander.",
      sameAsBefore: "Dit is het wachtwoord dat u al heeft. Kies een ander.",
      containsName: "Uw naam of adres staat in het nieuwe wachtwoord. Kies een ander.",
      other: "Het nieuwe wachtwoord is niet sterk genoeg.",
    },
    tooOften: (minuten) => `Te veel pogingen. Probeer het over ${aantal(minuten, "minuut", "minuten")} opnieuw.`,
    tooOftenSoon: "Te veel pogingen. Wacht even, en probeer het opnieuw.",
  },

  programs: {
    about: "Deze programma’s en browsers gebruiken uw account. Is er een niet van u? Wijzig dan uw wachtwoord.",
    none: "Niemand anders gebruikt uw account.",
    unknown: "Een mailprogramma",
    services: {
      imap: "leest mail (IMAP)",
      pop3: "haalt mail op (POP3)",
      submission: "verzendt mail (SMTP)",
      webmail: "webmail in een browser",
      jmap: "leest en verzendt mail (JMAP)",
    },
    at: (naam, poort) => `${naam}, poort ${poort}`,
    security: { none: "niet beveiligd", starttls: "beveiligd (STARTTLS)", implicit: "beveiligd (TLS)" },
    server: "Server",
    protection: "Verbinding",
    lastSeen: "Laatst gezien",
    firstSeen: "Eerst gezien",
    address: "Vanaf adres",
    now: "Nu verbonden",
    here: "Deze browser",
    advice: {
      plain:
        "Dit programma stuurt uw wachtwoord onbeveiligd. Stel het in op TLS, met de server en poort van de instellingenpagina.",
      oldName: "Dit programma gebruikt een oude servernaam. Vul de naam van de instellingenpagina in.",
    },
    settingsPage: "De juiste instellingen",
    logOut: (naam) => `${naam} uitloggen`,
    logOutShort: "Uitloggen",
    end: (naam) => `Verbindingen van ${naam} verbreken`,
    endShort: "Verbindingen verbreken",
    loggedOut: (naam) => `${naam} is uitgelogd.`,
    ended: (naam) => `De verbindingen van ${naam} zijn verbroken. Het komt terug zolang het uw wachtwoord heeft.`,
  },

  storage: {
    none: "Uw postvak heeft geen grens.",
    octets: (gebruikt, grens) => `${gebruikt} van ${grens} is in gebruik`,
    count: (gebruikt, grens) => `${gebruikt} van ${grens} berichten`,
    free: (over) => `nog ${over} over`,
    octetsName: "Ruimte",
    countName: "Berichten",
    fullness: {
      room: "Er is genoeg ruimte.",
      much: "Uw postvak raakt vol. Maak de prullenbak leeg, of verwijder berichten met grote bijlagen.",
      "nearly-full":
        "Uw postvak is bijna vol. Binnenkort gaat mail aan u terug naar de afzender. Maak de prullenbak leeg, of verwijder berichten met grote bijlagen.",
      full: "Uw postvak is vol: mail aan u gaat terug naar de afzender. Maak de prullenbak leeg, of verwijder berichten met grote bijlagen.",
    },
    large: "Grote berichten zoeken",
    largeSearch: "groter:5m",
  },

  transfer: {
    exportTitle: "Uw mail meenemen",
    exportAbout: "Bestanden die andere mailprogramma’s kunnen lezen.",
    exportAll: "Alle mail (zip met een bestand voor elke map)",
    exportMailbox: "Eén map",
    download: "Downloaden",
    exportContacts: "Alle contacten (vCard)",
    importTitle: "Mail hierheen halen",
    importAbout: "Een map van een ander programma (mbox), losse berichten (.eml), of contacten (.vcf).",
    into: "Naar map",
    pick: "Bestanden kiezen",
    sending: (naam, procent) => `${naam}: ${procent} % verstuurd`,
    working: (naam) => `${naam}: wordt opgenomen…`,
    stop: "Stoppen",
    stopped: (naam) => `${naam}: gestopt. Wat is opgenomen blijft.`,
    done: (naam, opgenomen, al) =>
      al === 0 ? `${naam}: ${opgenomen} opgenomen.` : `${naam}: ${opgenomen} opgenomen, ${al} stonden er al.`,
    refused: (n) => `${aantal(n, "stuk is", "stukken zijn")} niet opgenomen:`,
    reasons: { tooLarge: "te groot", overQuota: "het postvak is vol", empty: "er staat niets in" },
    refusedOne: (nummer, reden) => `nummer ${nummer}: ${reden}`,
    more: (n) => `en nog ${n}`,
    unknownKind: (naam) => `${naam}: dit is geen mbox-, .eml- of .vcf-bestand.`,
  },
};
