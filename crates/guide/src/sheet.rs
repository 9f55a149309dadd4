//! A guide in words: what text and HTML both show, in one order.
use crate::{Guide, HeloCause, HeloFix, LeadsTo, Login, OldName, Protocol, Reason, Security, StrictHelo, Way};
use texts::Language;
use texts::settings_page::{HeloCauseWords, SettingsPage};

/// A guide in one language.
#[derive(Debug)]
pub struct Sheet {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) heading: &'static str,
    pub(crate) intro: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) origin: &'static str,
    /// The words before the page's own address, and the address.
    pub(crate) page: Option<(&'static str, String)>,
}

#[derive(Debug)]
pub(crate) struct Section {
    /// What a link to it ends with.
    pub(crate) id: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug)]
pub(crate) enum Block {
    Words(String),
    /// An address to go to.
    Link(String),
    Table(Table),
    Case(Case),
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) caption: &'static str,
    /// Whether it shows what is better left.
    pub(crate) is_warning: bool,
    pub(crate) columns: Vec<&'static str>,
    /// As many cells as columns; the first one names the row.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// One cause with what helps.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) title: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) fields: Vec<(&'static str, Cell)>,
}

#[derive(Debug)]
pub(crate) enum Cell {
    /// In people's words.
    Words(&'static str),
    /// To be copied as it is.
    Exact(String),
    /// Several sentences, each for itself.
    Several(Vec<String>),
}

impl Sheet {
    /// Says `guide` in `language`.
    #[must_use]
    pub fn new(guide: &Guide, language: Language) -> Self {
        let words = &language.texts().settings_page;
        let provider = guide.provider.to_unicode();
        let mut sections = Vec::new();
        if !guide.incoming.is_empty() || guide.outgoing.iter().any(|way| way.login == Login::Account) {
            let explained = Block::Words((words.login.explained)(&provider));
            sections.push(Section { id: "login", heading: words.login.heading, blocks: vec![explained] });
        }
        sections.extend(outgoing(guide, words));
        sections.extend(incoming(guide, words));
        sections.extend(guide.webmail.as_deref().map(|address| webmail(address, words)));
        sections.extend(old_names(&guide.old_names, words));
        sections.extend(guide.helo.as_ref().map(|rule| helo(rule, words)));
        Self {
            language,
            title: (words.title)(&guide.called()),
            heading: words.heading,
            intro: (words.intro)(&guide.called()),
            sections,
            origin: words.origin,
            page: guide.page.clone().map(|page| (words.address, page)),
        }
    }
}

fn incoming(guide: &Guide, words: &'static SettingsPage) -> Option<Section> {
    let ways = &guide.incoming;
    let has = |protocol| ways.iter().any(|way| way.protocol == protocol && way.is_recommended());
    let mut blocks = Vec::new();
    if has(Protocol::Imap) && has(Protocol::Pop3) {
        blocks.push(Block::Words(words.incoming.choice.to_owned()));
    }
    blocks.extend(tables(ways, words));
    (!ways.is_empty()).then_some(Section { id: "incoming", heading: words.incoming.heading, blocks })
}

fn outgoing(guide: &Guide, words: &'static SettingsPage) -> Option<Section> {
    let ways = &guide.outgoing;
    let best = ways.first().filter(|way| way.is_recommended());
    let mut blocks: Vec<Block> = best.map(|_| Block::Words(words.outgoing.anywhere.to_owned())).into_iter().collect();
    let mut tables = tables(ways, words).into_iter();
    blocks.extend(tables.next());
    if let Some(best) = best.filter(|_| guide.no_port_465) {
        blocks.push(Block::Words((words.outgoing.no_port_465)(security(best.security, words), best.port)));
    }
    blocks.extend(tables);
    (!ways.is_empty()).then_some(Section { id: "outgoing", heading: words.outgoing.heading, blocks })
}

fn webmail(address: &str, words: &'static SettingsPage) -> Section {
    let blocks = vec![Block::Words(words.webmail.explained.to_owned()), Block::Link(address.to_owned())];
    Section { id: "webmail", heading: words.webmail.heading, blocks }
}

/// What to set up, a word about STARTTLS where it is among that, and what works too.
fn tables(ways: &[Way], words: &'static SettingsPage) -> Vec<Block> {
    let (good, other): (Vec<&Way>, Vec<&Way>) = ways.iter().partition(|way| way.is_recommended());
    let columns = &words.columns;
    let mut blocks = Vec::new();
    let mut shown = vec![columns.service, columns.server, columns.port, columns.security, columns.login];
    if !good.is_empty() {
        let rows = good.iter().map(|way| row(way, words)).collect();
        blocks.push(Block::Table(Table {
            caption: words.recommended,
            is_warning: false,
            columns: shown.clone(),
            rows,
        }));
    }
    if good.iter().any(|way| way.security == Security::Starttls) {
        blocks.push(Block::Words(words.security.starttls_is_tls.to_owned()));
    }
    if !other.is_empty() {
        let reasons =
            |way: &Way| Cell::Several(way.discouraged.iter().map(|why| reason(*why, words).to_owned()).collect());
        let rows = other.iter().map(|way| row(way, words).into_iter().chain([reasons(way)]).collect()).collect();
        shown.push(columns.reason);
        blocks.push(Block::Table(Table { caption: words.discouraged, is_warning: true, columns: shown, rows }));
    }
    blocks
}

fn row(way: &Way, words: &'static SettingsPage) -> Vec<Cell> {
    let service = match way.protocol {
        Protocol::Smtp => words.services.smtp,
        Protocol::Imap => words.services.imap,
        Protocol::Pop3 => words.services.pop3,
    };
    let login = match way.login {
        Login::Account => words.login.account,
        Login::OwnNetwork => words.login.none,
    };
    vec![
        Cell::Words(service),
        Cell::Exact(way.server.to_string()),
        Cell::Exact(way.port.to_string()),
        Cell::Words(security(way.security, words)),
        Cell::Words(login),
    ]
}

const fn security(security: Security, words: &SettingsPage) -> &'static str {
    match security {
        Security::Tls => words.security.tls,
        Security::Starttls => words.security.starttls,
        Security::None => words.security.none,
    }
}

pub(crate) const fn reason(reason: Reason, words: &SettingsPage) -> &'static str {
    match reason {
        Reason::PasswordInClear => words.reasons.password_in_clear,
        Reason::MailInClear => words.reasons.mail_in_clear,
        Reason::StarttlsIsOffered => words.reasons.starttls_is_offered,
        Reason::NoTlsHere => words.reasons.no_tls_here,
        Reason::OwnNetworkOnly => words.reasons.own_network_only,
    }
}

fn old_names(names: &[OldName], words: &'static SettingsPage) -> Option<Section> {
    let columns = &words.columns;
    let row = |old: &OldName| {
        let instead = old.instead.as_ref().map_or(Cell::Words("–"), |name| Cell::Exact(name.to_string()));
        vec![Cell::Exact(old.name.to_string()), instead, Cell::Words(remark(old.leads_to, words))]
    };
    let table = Table {
        caption: words.old_names.intro,
        is_warning: true,
        columns: vec![columns.old_name, columns.instead, columns.remark],
        rows: names.iter().map(row).collect(),
    };
    let heading = words.old_names.heading;
    (!names.is_empty()).then(|| Section { id: "old-names", heading, blocks: vec![Block::Table(table)] })
}

pub(crate) const fn remark(leads_to: LeadsTo, words: &SettingsPage) -> &'static str {
    match leads_to {
        LeadsTo::SameServerInCertificate => words.old_names.in_certificate,
        LeadsTo::SameServerNotInCertificate => words.old_names.not_in_certificate,
        LeadsTo::SameServer => words.old_names.same_server,
        LeadsTo::Relay => words.old_names.other_server,
    }
}

fn helo(rule: &StrictHelo, words: &'static SettingsPage) -> Section {
    let case = |fix: &HeloFix| {
        let told = cause(fix.cause, words);
        let fields = vec![
            (words.helo.says, Cell::Exact(fix.reply.clone())),
            (words.helo.fix, Cell::Several((told.fixes)(&fix.good))),
        ];
        Block::Case(Case { title: told.title, cause: told.cause, fields })
    };
    let intro = [(words.helo.intro)(rule.server.as_str()), words.helo.causes.to_owned()].map(Block::Words);
    let blocks = intro.into_iter().chain(rule.causes.iter().map(case)).collect();
    Section { id: "bad-helo", heading: words.helo.heading, blocks }
}

pub(crate) const fn cause(cause: HeloCause, words: &SettingsPage) -> &HeloCauseWords {
    match cause {
        HeloCause::Localhost => &words.helo.localhost,
        HeloCause::Character => &words.helo.character,
    }
}
