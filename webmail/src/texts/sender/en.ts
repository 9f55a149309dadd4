/** English for what is said of who sent a message. It comes with an open message; the type that every language must fit. */
export const en = {
  deceives: (email: string) => `The name shows another address than the sender’s: ${email}`,
  alike: (email: string) => `The sender’s address has letters that look like others. The network knows it as ${email}`,
  kinds: {
    genuine: (domain: string) => `Really from ${domain}`,
    uncertain: (_: string) => "Not certain",
    false: (_: string) => "Probably false",
  },
  help: {
    genuine: (domain: string) =>
      `Our mail server checked that it was sent for ${domain}. Whether ${domain} can be trusted is another question: read the name letter by letter.`,
    uncertain: (domain: string) =>
      `Our mail server could not tell whether it comes from ${domain}. Anybody could have filled in that name.`,
    false: (domain: string) =>
      `It says that it comes from ${domain}, but it does not pass the check by which mail of ${domain} can be known. Open no links and files unless you know better; letters by way of a list fail it sometimes too.`,
  },
};

export type SenderTexts = typeof en;
