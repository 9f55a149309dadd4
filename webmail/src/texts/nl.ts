/** Nederlands. */
import type { Texts } from "./en";
import { LABEL_NAMES, ROLE_NAMES } from "./names";

const aantal = (n: number, een: string, meer: string) => (n === 1 ? `1 ${een}` : `${n} ${meer}`);
const berichten = (n: number) => aantal(n, "bericht", "berichten");

export const nl: Texts = {
  language: "Nederlands",
  app: "Webmail",
  loading: "Laden…",
  close: "Sluiten",
  cancel: "Annuleren",
  back: "Terug",
  undo: "Ongedaan maken",
  tryAgain: "Opnieuw proberen",
  menu: "Mappen",
  skip: "Naar de berichten",

  login: {
    title: "Inloggen",
    address: "E-mailadres",
    password: "Wachtwoord",
    submit: "Inloggen",
    busy: "Bezig met inloggen…",
    refused: "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk beide na, en let op hoofdletters.",
    tooMany: (minuten) => `Te veel pogingen. Probeer het over ${aantal(minuten, "minuut", "minuten")} opnieuw.`,
    ended: "Uw sessie is afgelopen. Log opnieuw in; het bericht dat u schreef is bewaard.",
    leaving: "U bent in deze browser uitgelogd. De server hoort het zodra er verbinding is.",
    show: "Wachtwoord tonen",
    programs: "Een mailprogramma gebruiken? Dit zijn de instellingen.",
  },

  account: {
    menu: "Account",
    mail: "E-mail",
    contacts: "Contacten",
    settings: "Instellingen",
    shortcuts: "Sneltoetsen",
    logout: "Uitloggen",
  },

  roles: ROLE_NAMES.nl,
  mailboxes: "Mappen",
  mailboxMenu: (naam) => `Wat u met ${naam} kunt doen`,
  newMailbox: "Nieuwe map",
  hiddenMailboxes: (n) => `${aantal(n, "map", "mappen")} verborgen`,
  unread: (n) => `${n} ongelezen`,

  list: {
    name: (map) => `Berichten in ${map}`,
    results: "Zoekresultaten",
    count: berichten,
    conversations: (n) => aantal(n, "gesprek", "gesprekken"),
    empty: "Hier staat niets.",
    nothingFound: "Niets gevonden.",
    noSubject: "(geen onderwerp)",
    noSender: "(geen afzender)",
    to: (namen) => `Aan: ${namen}`,
    isUnread: "ongelezen",
    isFlagged: "met ster",
    isAnswered: "beantwoord",
    isForwarded: "doorgestuurd",
    hasAttachment: "bijlage",
    isDraft: "concept",
    inConversation: (n) => `${n} berichten`,
    select: "Selecteren",
    selected: (n) => `${n} geselecteerd`,
    selectNone: "Niets selecteren",
    narrow: "Lijst beperken",
    quick: { unread: "Ongelezen", flagged: "Met ster", attachment: "Met bijlage" },
    from: "Van…",
  },

  acts: {
    archive: "Archiveren",
    junk: "Spam",
    notJunk: "Geen spam",
    trash: "Verwijderen",
    destroy: "Definitief verwijderen",
    move: "Verplaatsen…",
    label: "Label geven…",
    read: "Markeren als gelezen",
    unread: "Markeren als ongelezen",
    flag: "Ster geven",
    unflag: "Ster weghalen",
    destroyTitle: "Definitief verwijderen?",
    destroyText: (n) =>
      `${berichten(n)} ${n === 1 ? "is" : "zijn"} dan weg, en ${n === 1 ? "komt" : "komen"} niet terug.`,
    moveTitle: "Verplaatsen naar",
    moveFilter: "Map zoeken",
  },

  done: {
    archived: (n) => `${berichten(n)} gearchiveerd`,
    junked: (n) => `${berichten(n)} als spam gemarkeerd`,
    "not-junked": (n) => `${berichten(n)} naar Postvak IN verplaatst`,
    trashed: (n) => `${berichten(n)} naar de prullenbak verplaatst`,
    moved: (n) => `${berichten(n)} verplaatst`,
    read: (n) => `${berichten(n)} als gelezen gemarkeerd`,
    unread: (n) => `${berichten(n)} als ongelezen gemarkeerd`,
    flagged: (n) => `Ster gegeven aan ${berichten(n)}`,
    labelled: (n) => `Label gegeven aan ${berichten(n)}`,
    unlabelled: (n) => `Label weggehaald bij ${berichten(n)}`,
    unflagged: (n) => `Ster weggehaald bij ${berichten(n)}`,
    destroyed: (n) => `${berichten(n)} definitief verwijderd`,
    sent: (n) => `${berichten(n)} verzonden`,
    "contact-removed": (n) => `${aantal(n, "contact", "contacten")} verwijderd`,
    "contact-added": (n) => `${aantal(n, "contact", "contacten")} toegevoegd`,
    blocked: (n) => `${aantal(n, "afzender", "afzenders")} geblokkeerd; nieuwe mail daarvan gaat naar Spam`,
  },

  search: {
    label: "Zoeken in mail",
    placeholder: "Zoeken, of van: aan: onderwerp: voor: heeft:bijlage",
    submit: "Zoeken",
    clear: "Zoekopdracht wissen",
    quick: { unread: "is:ongelezen", flagged: "is:ster", attachment: "heeft:bijlage" },
    operators: { from: "van", in: "in", label: "label" },
    save: "Deze zoekopdracht bewaren",
    saved: "Bewaarde zoekopdrachten",
    change: (naam) => `Zoekopdracht ${naam} wijzigen`,
    remove: (term) => `“${term}” weghalen`,
    notUnderstood: (term) => `“${term}” is niet te begrijpen, en telt niet mee.`,
  },

  labels: {
    title: "Labels",
    new: "Nieuw label",
    change: (naam) => `Label ${naam} wijzigen`,
    remove: (naam) => `Label ${naam} weghalen`,
    show: (naam) => `Alles met het label ${naam} tonen`,
    wellKnown: LABEL_NAMES.nl,
  },

  message: {
    open: "Geopend bericht",
    none: "Er is geen bericht geopend.",
    from: "Van",
    to: "Aan",
    cc: "Cc",
    bcc: "Bcc",
    date: "Datum",
    details: "Details",
    lessDetails: "Minder details",
    reply: "Beantwoorden",
    replyAll: "Allen beantwoorden",
    forward: "Doorsturen",
    forwardAsFile: "Doorsturen als bijlage",
    edit: "Verder schrijven",
    save: "Opslaan als bestand",
    print: "Afdrukken",
    more: "Meer",
    attachments: (n) => aantal(n, "bijlage", "bijlagen"),
    unnamed: "zonder naam",
    download: (naam) => `${naam} downloaden`,
    show: (naam) => `${naam} tonen`,
    downloadAll: "Alles downloaden",
    unsubscribe: "Afmelden",
    unsubscribeAt: (site) => `Afmelden bij ${site}`,
    headers: "Kopregels uitgelegd",
    source: "Bron van het bericht",
    quoteShow: (regels) => `Aangehaalde tekst tonen (${aantal(regels, "regel", "regels")})`,
    quoteHide: "Aangehaalde tekst verbergen",
    quoteFolded: "Aangehaalde tekst",
    formattedTitle: "Het bericht met opmaak",
    showPlain: "Alleen de woorden tonen",
    showFormatted: "Met opmaak tonen",
    layoutAway: "Zonder verbinding is de opmaak van dit bericht er niet; dit zijn de woorden.",
    tooMuch: "De opmaak van dit bericht kan niet worden getoond; dit zijn de woorden.",
    leadsTo: (waar) => `Gaat naar ${waar}`,
    linksDeceive: (n) =>
      n === 1
        ? "Een link noemt een andere site dan waar hij heen gaat:"
        : `${n} links noemen een andere site dan waar ze heen gaan:`,
    imagesBlocked: (n) =>
      n === 1 ? "Een afbeelding van internet is niet getoond." : `${n} afbeeldingen van internet zijn niet getoond.`,
    imagesShow: "Afbeeldingen tonen",
    imagesAlways: (afzender) => `Altijd voor ${afzender}`,
    truncated: "Dit bericht is langer. Sla het op als bestand om alles te lezen.",
    damaged: "Sommige tekens in dit bericht waren niet te lezen.",
    collapsed: (van) => `Bericht van ${van} tonen`,
    wrote: (datum, naam) => `Op ${datum} schreef ${naam}:`,
    forwarded: "---------- Doorgestuurd bericht ----------",
    subject: "Onderwerp",
  },

  sender: {
    menu: "Over de afzender",
    add: "Aan contacten toevoegen",
    block: "Deze afzender blokkeren",
  },

  write: {
    new: "Nieuw bericht",
    title: "Nieuw bericht",
    elsewhere: "Dit bericht ligt open in een ander venster.",
    waiting: (subject) => `Wacht op verbinding: ${subject}`,
    sent: "Bericht verzonden",
    planned: (datum) => `Wordt verzonden op ${datum}`,
    open: (n) => aantal(n, "open bericht", "open berichten"),
  },

  plannedList: {
    title: "Geplande berichten",
    count: (n) => aantal(n, "gepland bericht", "geplande berichten"),
    none: "Er is geen bericht meer gepland.",
    edit: "Wijzigen",
    cancel: "Niet verzenden",
  },

  leave: {
    title: "Uitloggen?",
    text: (n, imports) =>
      [
        n > 0 &&
          `${aantal(n, "wijziging of bericht staat", "wijzigingen en berichten staan")} alleen in deze browser. Uitloggen gooit dat weg.`,
        imports > 0 && "Er worden nog bestanden opgenomen. Uitloggen breekt dat af.",
      ]
        .filter(Boolean)
        .join(" "),
    yes: "Toch uitloggen",
  },

  line: {
    offline: "Geen verbinding. Wat u doet wordt bewaard, en verstuurd zodra het kan.",
    waiting: (n) => `${aantal(n, "wijziging wacht", "wijzigingen wachten")} op verbinding.`,
    renewed: "Er is een nieuwe versie van de webmail.",
    renew: "Nu laden",
  },

  problem(problem) {
    switch (problem.kind) {
      case "offline":
        return "Er is geen verbinding met de server.";
      case "signed-out":
        return "Uw sessie is afgelopen. Log opnieuw in.";
      case "forbidden":
        return "Dit mag u niet doen.";
      case "slow-down":
        return "Dit is te vaak gevraagd. Wacht even, en probeer het opnieuw.";
      case "too-large":
        return "Dit is groter dan de server aanneemt.";
      case "server":
        return "Er ging iets mis op de server. Probeer het later opnieuw.";
      case "malformed":
        return "De server gaf een antwoord dat niet te lezen is.";
      case "refused-request":
      case "refused-method":
      case "refused-record":
        return weigeringen[problem.type] ?? `De server weigerde dit (${problem.type}).`;
    }
  },
};

const weigeringen: Readonly<Record<string, string>> = {
  overQuota: "Het postvak is vol.",
  rateLimit: "Dit is te vaak gevraagd. Wacht even, en probeer het opnieuw.",
  notFound: "Dit is er niet meer.",
  tooLarge: "Het bericht is groter dan de server aanneemt.",
  invalidRecipients: "De server neemt een van de adressen niet aan.",
  noRecipients: "Vul in voor wie het bericht is.",
  tooManyRecipients: "Het bericht heeft meer ontvangers dan de server aanneemt.",
  forbiddenFrom: "U mag niet vanaf dit adres verzenden.",
  forbiddenMailFrom: "U mag niet vanaf dit adres verzenden.",
  forbiddenToSend: "U mag geen berichten verzenden.",
  cannotUnsend: "Het bericht is al weg.",
  accountReadOnly: "Dit postvak is alleen te lezen.",
};
