/** English for what is opened in a message: files, invitations, its header. It comes with that; the type that every language must fit. */
import type { Answer } from "../../model/calendar/invitation";
import type { Weekday } from "../../model/calendar/recurrence";
import type { Explained } from "../../model/sender_verdict";

const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);
const every = (n: number, unit: string) => (n === 1 ? `every ${unit}` : `every ${n} ${unit}s`);
const ordinal = (n: number) => ["last", "", "first", "second", "third", "fourth", "fifth"][n + 1] ?? String(n);

export const en = {
  viewer: {
    place: (n: number, of: number) => `File ${n} of ${of}`,
    previous: "Previous file",
    next: "Next file",
    save: "Download",
    onlySaved: "This kind of file is not shown here. Download it to open it.",
    noPdf: "This browser shows no PDF files itself. Download it to open it.",
    notWhatItSays: "This file is not what its name says, and is not shown.",
    cut: (size: string) => `This is the beginning of it. The whole file is ${size}; download it to read on.`,
    empty: "This file is empty.",
  },

  invitation: {
    title: "Invitation",
    titles: {
      request: "Invitation",
      publish: "Event",
      cancel: "Cancelled",
      reply: "Answer to an invitation",
      counter: "Another time is proposed",
    },
    noSummary: "(no subject)",
    when: "When",
    where: "Where",
    organizer: "Organised by",
    guests: "Who comes",
    allDay: "all day",
    inZone: (when: string, zone: string) => `${when} (time in ${zone})`,
    unknownZone: (when: string, zone: string) => `${when}, by the clock of “${zone}”, which is not known here`,
    floating: (when: string) => `${when}, local time wherever one is`,
    noWhen: "It does not say when in a way that can be read.",
    oneOf: "This is about one time of an event that repeats.",
    more: (n: number) => `The file holds ${plural(n, "more event", "more events")}.`,
    answers: { accepted: "comes", tentative: "may come", declined: "does not come" } satisfies Record<Answer, string>,
    noAnswer: "has not answered",
    optional: "optional",
    moreGuests: (n: number) => `and ${plural(n, "other", "others")}`,
    said: {
      accepted: (who: string) => `${who} comes.`,
      tentative: (who: string) => `${who} may come.`,
      declined: (who: string) => `${who} does not come.`,
    } satisfies Record<Answer, (who: string) => string>,
    isCancelled: "This event has been cancelled.",
    deceives: (said: string) => `It says that it is from ${said}, but the message came from another address.`,
    question: "Will you come?",
    accept: "Yes",
    tentative: "Maybe",
    decline: "No",
    answered: {
      accepted: "You answered that you come.",
      tentative: "You answered that you may come.",
      declined: "You answered that you do not come.",
    } satisfies Record<Answer, string>,
    goesTo: (email: string) => `Your answer goes to ${email}.`,
    notInvited: "None of your addresses is invited, so there is nothing to answer.",
    save: "Save for a calendar (.ics)",
    subjects: {
      accepted: (what: string) => `Accepted: ${what}`,
      tentative: (what: string) => `Maybe: ${what}`,
      declined: (what: string) => `Declined: ${what}`,
    } satisfies Record<Answer, (what: string) => string>,
    words: {
      accepted: (who: string, what: string, when: string) => `${who} comes to “${what}”.\n${when}\n`,
      tentative: (who: string, what: string, when: string) => `${who} may come to “${what}”.\n${when}\n`,
      declined: (who: string, what: string, when: string) => `${who} does not come to “${what}”.\n${when}\n`,
    } satisfies Record<Answer, (who: string, what: string, when: string) => string>,
  },

  recurrence: {
    units: {
      day: (n: number) => every(n, "day"),
      week: (n: number) => every(n, "week"),
      month: (n: number) => every(n, "month"),
      year: (n: number) => every(n, "year"),
    },
    repeats: (how: string) => `Repeats ${how}`,
    onDays: (days: string) => ` on ${days}`,
    onNth: (n: number, day: string) => ` on the ${ordinal(n)} ${day}`,
    onDay: (n: number) => (n === -1 ? " on the last day" : ` on day ${n}`),
    until: (date: string) => `, until ${date}`,
    times: (n: number) => `, ${plural(n, "time", "times")}`,
    other: "Repeats",
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] satisfies Record<
      Weekday,
      string
    > &
      string[],
    workdays: " on working days",
  },

  source: {
    headers: "The header explained",
    source: "Message source",
    cut: (size: string) => `This is the beginning of it. The whole message is ${size}; save it to read on.`,
    save: "Save as a file (.eml)",
    way: "The way it came",
    wayHelp:
      "Each server on the way wrote a line. Only what your own provider’s servers wrote is certain; anybody can make up lines below.",
    noWay: "No server wrote a line about its way.",
    remarks: "What it says of itself",
    from: (name: string) => `from ${name}`,
    by: (name: string) => `to ${name}`,
    secure: "encrypted",
    started: "start",
    later: (wait: string) => `after ${wait}`,
    earlier: "earlier: these clocks differ",
    said: {
      "reply-elsewhere": (email: string) => `Answers go to ${email}, not to the sender’s address.`,
      "sent-by": (email: string) => `${email} sent it for the sender.`,
      "reports-elsewhere": (email: string) =>
        `Reports that it could not be delivered go to ${email}. With newsletters and lists that is common.`,
      "no-reports": "It is a report of a server or a program: nobody is told when it cannot be delivered.",
      written: (date: string) => `The sender’s program dates it ${date}.`,
      received: (date: string) => `It came into this mailbox on ${date}.`,
      "date-differs": (hours: number) =>
        `Its date and its arrival are ${plural(hours, "hour", "hours")} apart: it waited, or a clock was wrong, or the date is made up.`,
      "no-date": "It has no date of its own.",
      "message-id": (id: string) => `Programs know it by ${id}. A service desk can find it by that.`,
      answers: (id: string) => `It answers the message ${id}.`,
      list: (id: string) => `It came by the list ${id}.`,
      "list-leave": "It says how one unsubscribes.",
      "list-post": (email: string) => `Letters to everybody on the list go to ${email}.`,
      automatic: "A program sent it by itself.",
      many: "It says that it was sent to many.",
      program: (name: string) => `It was written with ${name}.`,
    },
  },

  verdict: {
    findings: "What our mail server found out about the sender",
    unnamed: "a name that is not told",
    found: {
      dmarc: {
        pass: (domain: string) => `The sender’s address is really of ${domain} (DMARC).`,
        fail: (domain: string) =>
          `${domain} would not have sent it so: the sender’s address is probably false (DMARC).`,
        none: (domain: string) => `${domain} does not say how its mail can be known (DMARC).`,
        unsure: (domain: string) =>
          `Whether the sender’s address is really of ${domain} could not be found out (DMARC).`,
      },
      dkim: {
        pass: (domain: string) => `It is signed by ${domain}, and was not changed on the way (DKIM).`,
        fail: (domain: string) =>
          `The signature in the name of ${domain} is not right: it was changed on the way, or is made up (DKIM).`,
        none: (_: string) => "It is not signed (DKIM).",
        unsure: (domain: string) => `The signature in the name of ${domain} could not be checked (DKIM).`,
      },
      spf: {
        pass: (domain: string) => `The server that brought it may send for ${domain} (SPF).`,
        fail: (domain: string) => `The server that brought it may not send for ${domain} (SPF).`,
        none: (domain: string) => `${domain} does not say which servers may send for it (SPF).`,
        unsure: (domain: string) => `Whether the server that brought it may send for ${domain} is not certain (SPF).`,
      },
    } satisfies Record<Explained["method"], Record<Explained["result"], (domain: string) => string>>,
  },

  printed: { attachments: "Attachments" },
};

export type ReadingTexts = typeof en;
