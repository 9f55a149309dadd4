/** Wat in een bericht wordt geopend, in het Nederlands: bestanden, uitnodigingen, kopregels. */
import type { ReadingTexts } from "./en";

const aantal = (n: number, een: string, meer: string) => (n === 1 ? `1 ${een}` : `${n} ${meer}`);
const rang = (n: number) => ["laatste", "", "eerste", "tweede", "derde", "vierde", "vijfde"][n + 1] ?? String(n);

export const nl: ReadingTexts = {
  viewer: {
    place: (n, van) => `Bestand ${n} van ${van}`,
    previous: "Vorig bestand",
    next: "Volgend bestand",
    save: "Downloaden",
    onlySaved: "Dit soort bestand wordt hier niet getoond. Download het om het te openen.",
    noPdf: "Deze browser toont zelf geen pdf-bestanden. Download het om het te openen.",
    notWhatItSays: "Dit bestand is niet wat zijn naam zegt, en wordt niet getoond.",
    cut: (grootte) => `Dit is het begin. Het hele bestand is ${grootte}; download het om verder te lezen.`,
    empty: "Dit bestand is leeg.",
  },

  invitation: {
    title: "Uitnodiging",
    titles: {
      request: "Uitnodiging",
      publish: "Afspraak",
      cancel: "Afgezegd",
      reply: "Antwoord op een uitnodiging",
      counter: "Voorstel voor een ander moment",
    },
    noSummary: "(geen onderwerp)",
    when: "Wanneer",
    where: "Waar",
    organizer: "Organisator",
    guests: "Wie er komen",
    allDay: "de hele dag",
    inZone: (wanneer, zone) => `${wanneer} (tijd in ${zone})`,
    unknownZone: (wanneer, zone) => `${wanneer}, op de klok van “${zone}”, die hier niet bekend is`,
    floating: (wanneer) => `${wanneer}, plaatselijke tijd waar men ook is`,
    noWhen: "Er staat niet op een leesbare manier bij wanneer.",
    oneOf: "Dit gaat over één keer van een afspraak die zich herhaalt.",
    more: (n) => `In het bestand ${n === 1 ? "staat nog 1 afspraak" : `staan nog ${n} afspraken`}.`,
    answers: { accepted: "komt", tentative: "komt misschien", declined: "komt niet" },
    noAnswer: "heeft niet geantwoord",
    optional: "facultatief",
    moreGuests: (n) => `en nog ${aantal(n, "ander", "anderen")}`,
    said: {
      accepted: (wie) => `${wie} komt.`,
      tentative: (wie) => `${wie} komt misschien.`,
      declined: (wie) => `${wie} komt niet.`,
    },
    isCancelled: "Deze afspraak gaat niet door.",
    deceives: (adres) => `Er staat in dat het van ${adres} komt, maar het bericht kwam van een ander adres.`,
    question: "Komt u?",
    accept: "Ja",
    tentative: "Misschien",
    decline: "Nee",
    answered: {
      accepted: "U hebt geantwoord dat u komt.",
      tentative: "U hebt geantwoord dat u misschien komt.",
      declined: "U hebt geantwoord dat u niet komt.",
    },
    goesTo: (adres) => `Uw antwoord gaat naar ${adres}.`,
    notInvited: "Geen van uw adressen is uitgenodigd; er valt dus niets te antwoorden.",
    save: "Opslaan voor een agenda (.ics)",
    subjects: {
      accepted: (wat) => `Geaccepteerd: ${wat}`,
      tentative: (wat) => `Misschien: ${wat}`,
      declined: (wat) => `Afgeslagen: ${wat}`,
    },
    words: {
      accepted: (wie, wat, wanneer) => `${wie} komt naar “${wat}”.\n${wanneer}\n`,
      tentative: (wie, wat, wanneer) => `${wie} komt misschien naar “${wat}”.\n${wanneer}\n`,
      declined: (wie, wat, wanneer) => `${wie} komt niet naar “${wat}”.\n${wanneer}\n`,
    },
  },

  recurrence: {
    units: {
      day: (n) => (n === 1 ? "elke dag" : `elke ${n} dagen`),
      week: (n) => (n === 1 ? "elke week" : `elke ${n} weken`),
      month: (n) => (n === 1 ? "elke maand" : `elke ${n} maanden`),
      year: (n) => (n === 1 ? "elk jaar" : `elke ${n} jaar`),
    },
    repeats: (hoe) => `Herhaalt ${hoe}`,
    onDays: (dagen) => ` op ${dagen}`,
    onNth: (n, dag) => ` op de ${rang(n)} ${dag}`,
    onDay: (n) => (n === -1 ? " op de laatste dag" : ` op dag ${n}`),
    until: (datum) => `, tot en met ${datum}`,
    times: (n) => `, ${aantal(n, "keer", "keer")}`,
    other: "Herhaalt",
    days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    workdays: " op werkdagen",
  },

  source: {
    headers: "De kopregels uitgelegd",
    source: "Bron van het bericht",
    cut: (grootte) => `Dit is het begin. Het hele bericht is ${grootte}; sla het op om verder te lezen.`,
    save: "Opslaan als bestand (.eml)",
    way: "De weg die het aflegde",
    wayHelp:
      "Elke server onderweg schreef een regel. Alleen wat de servers van uw eigen provider schreven is zeker; de regels eronder kan iedereen verzinnen.",
    noWay: "Geen enkele server schreef een regel over de weg.",
    remarks: "Wat het over zichzelf zegt",
    from: (naam) => `van ${naam}`,
    by: (naam) => `naar ${naam}`,
    secure: "versleuteld",
    started: "begin",
    later: (tijd) => `na ${tijd}`,
    earlier: "eerder: deze klokken lopen niet gelijk",
    said: {
      "reply-elsewhere": (adres) => `Antwoorden gaan naar ${adres}, niet naar het adres van de afzender.`,
      "sent-by": (adres) => `${adres} verstuurde het namens de afzender.`,
      "reports-elsewhere": (adres) =>
        `Meldingen dat het niet bezorgd kon worden gaan naar ${adres}. Bij nieuwsbrieven en lijsten is dat gewoon.`,
      "no-reports":
        "Het is een melding van een server of een programma: niemand hoort het als het niet bezorgd kan worden.",
      written: (datum) => `Het programma van de afzender geeft als datum ${datum}.`,
      received: (datum) => `Het kwam op ${datum} in deze mailbox.`,
      "date-differs": (uren) =>
        `De datum en de aankomst liggen ${aantal(uren, "uur", "uur")} uit elkaar: het heeft gewacht, een klok liep verkeerd, of de datum is verzonnen.`,
      "no-date": "Het heeft zelf geen datum.",
      "message-id": (kenmerk) => `Programma’s kennen het als ${kenmerk}. Een helpdesk kan het daarmee vinden.`,
      answers: (kenmerk) => `Het is een antwoord op het bericht ${kenmerk}.`,
      list: (lijst) => `Het kwam via de lijst ${lijst}.`,
      "list-leave": "Er staat bij hoe men zich afmeldt.",
      "list-post": (adres) => `Berichten aan iedereen op de lijst gaan naar ${adres}.`,
      automatic: "Een programma heeft het uit zichzelf verstuurd.",
      many: "Er staat bij dat het naar velen is verstuurd.",
      program: (naam) => `Het is geschreven met ${naam}.`,
    },
  },

  verdict: {
    findings: "Wat onze mailserver over de afzender vaststelde",
    unnamed: "een naam die er niet bij staat",
    found: {
      dmarc: {
        pass: (domein) => `Het adres van de afzender is echt van ${domein} (DMARC).`,
        fail: (domein) =>
          `${domein} zou het zo niet hebben verstuurd: het adres van de afzender is waarschijnlijk vals (DMARC).`,
        none: (domein) => `${domein} laat niet weten waaraan zijn post te herkennen is (DMARC).`,
        unsure: (domein) => `Of het adres van de afzender echt van ${domein} is, was niet vast te stellen (DMARC).`,
      },
      dkim: {
        pass: (domein) => `Het is ondertekend door ${domein} en onderweg niet veranderd (DKIM).`,
        fail: (domein) =>
          `De ondertekening namens ${domein} klopt niet: het is onderweg veranderd, of ze is verzonnen (DKIM).`,
        none: () => "Het is niet ondertekend (DKIM).",
        unsure: (domein) => `De ondertekening namens ${domein} was niet te controleren (DKIM).`,
      },
      spf: {
        pass: (domein) => `De server die het bracht, mag namens ${domein} versturen (SPF).`,
        fail: (domein) => `De server die het bracht, mag niet namens ${domein} versturen (SPF).`,
        none: (domein) => `${domein} laat niet weten welke servers namens hem mogen versturen (SPF).`,
        unsure: (domein) => `Of de server die het bracht namens ${domein} mag versturen, is niet zeker (SPF).`,
      },
    },
  },

  printed: { attachments: "Bijlagen" },
};
