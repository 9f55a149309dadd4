//! A connection to one of a domain's servers, or to a relay, secured as the domain or the operator asks for.
use super::broken::{Broken, TlsFault};
use super::hosts::{self, Found, From, Host};
use super::line::{At, Ends, Line};
use super::security::{Plan, Policy, Wish};
use super::weak::Way;
use super::{Courier, Kept, Load, asked, dane, outcome};
use crate::queue::settle::{Verdict, Words};
use crate::queue::way::Way as Leaving;
use crate::routes::{Course, TlsRule};
use crate::sts;
use crate::wishes::TlsWish;
use journal::{Attempt, Tried};
use names::Domain;
use policy::StsMode;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use transport::Hello;
use world::Proof;

/// Notes who was asked in vain.
fn vain(tried: &mut Vec<Tried>, server: &str, reply: &str) {
    if tried.len() < Attempt::MOST_TRIED {
        tried.push(Tried { server: server.into(), reply: reply.into() });
    }
}

/// Who is called, and what his domain and the message ask for.
struct Call<'a> {
    domain: &'a Domain,
    course: &'a Course,
    sts: sts::Known,
    wish: Wish,
    /// RFC 8689: only by a server that was verified, and that offers the same.
    required: bool,
}

impl Courier {
    /// Connects to the first host of `domain`, or of the relay that takes its mail, that talks to us, or takes a connection to
    /// it that is kept.
    pub(super) async fn dial(
        &self,
        domain: &Domain,
        load: &Load<'_>,
        kept: Option<&Kept>,
    ) -> Result<Box<Line>, Verdict> {
        let Load { entry, course, .. } = *load;
        let (leaving, wish) = (Leaving::of(entry), Wish::of(entry));
        if let Some(socket) = course.socket() {
            return self.dial_socket(socket, course, wish, kept).await;
        }
        let hosts = hosts::hosts(domain, course, &self.world, &self.settings).await?;
        let tls = entry.wishes.tls;
        let sts = self.sts(domain, &hosts, wish).await?;
        let call = Call { domain, course, sts, wish, required: tls == TlsWish::Required };
        let mut last: Option<Verdict> = None;
        let mut tried = Vec::new();
        for host in &hosts {
            let (addresses, plan) = match self.prepare(&call, host).await {
                Ok(prepared) => prepared,
                // a later chance is worth more than a final no
                Err(mut verdict) => {
                    let words = verdict.words_mut();
                    words.contact.tried = tried.clone();
                    vain(&mut tried, &host.name, &words.text);
                    last = Some(last.filter(|_| matches!(verdict, Verdict::Failed(_))).unwrap_or(verdict));
                    continue;
                }
            };
            for address in addresses {
                let from = match self.from(&leaving, address.ip()) {
                    Ok(from) => from,
                    Err(verdict) => {
                        last.get_or_insert(verdict);
                        continue;
                    }
                };
                let found = host.from == From::Dns;
                if found && self.settings.is_own_address(address.ip()) {
                    return Err(last.filter(Verdict::is_deferred).unwrap_or_else(|| hosts::circle(domain)));
                }
                let asked = format!("{plan:?} {:?}", course.mark());
                let ends = Ends { host: host.name.clone(), at: At::Address(address), from, found, plan: asked };
                let opened = match kept.and_then(|kept| kept.take(&ends)) {
                    Some(line) => Ok(line),
                    None => self.dial_one(&call, host, &plan, ends, address).await.map(Box::new),
                };
                match opened {
                    Ok(mut line) => {
                        // RFC 8689, 4.2.1: where this server will not do, the next one may
                        if let Err(mut verdict) = asked::suits(tls, &line) {
                            vain(&mut tried, &line.server, &verdict.words_mut().text);
                            last.get_or_insert(verdict);
                            line.close().await;
                            continue;
                        }
                        line.tried = if line.used { Vec::new() } else { tried };
                        return Ok(line);
                    }
                    // RFC 5321, 5.1: who comes behind us is not tried; who came before us may take it later
                    Err(Broken::Ourselves) => {
                        return Err(last.filter(Verdict::is_deferred).unwrap_or_else(|| hosts::circle(domain)));
                    }
                    Err(broken) => {
                        let mut words = broken.words();
                        let server = format!("{} ({})", host.name, address.ip());
                        words.contact.remote = Some(address);
                        words.contact.tried = tried.clone();
                        vain(&mut tried, &server, &words.text);
                        words.server = Some(server);
                        words.policy = Some(plan.policy.name());
                        last = Some(match broken {
                            // a later chance is worth more than a final no
                            Broken::Inner(_) => last.unwrap_or(Verdict::Failed(words)),
                            _ => Verdict::Deferred(words),
                        });
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| Verdict::Deferred(Words::own("4.4.4", format!("no mail server for {domain}")))))
    }

    /// Connects to a socket of this machine. What is said there goes over no network.
    async fn dial_socket(
        &self,
        socket: &Path,
        course: &Course,
        wish: Wish,
        kept: Option<&Kept>,
    ) -> Result<Box<Line>, Verdict> {
        let host = socket.display().to_string();
        let ends = Ends {
            host: host.clone(),
            at: At::Socket(socket.to_owned()),
            from: None,
            found: false,
            plan: format!("{:?}", course.mark()),
        };
        if let Some(line) = kept.and_then(|kept| kept.take(&ends)) {
            return Ok(line);
        }
        let plan = Plan { tls_name: host.clone(), policy: Policy::Clear, named_by: Proof::Secure, wish };
        let opened = Line::open(self.connect.as_ref(), ends, &plan, &self.settings, Way::Clear, course).await;
        let server = format!("{} (socket)", self.settings.host_name);
        opened.map(Box::new).map_err(|broken| Verdict::Deferred(Words { server: Some(server), ..broken.words() }))
    }

    /// Our address and name on a connection to `to`; none where the system chooses.
    fn from(&self, leaving: &Leaving, to: IpAddr) -> Result<Option<(IpAddr, Domain)>, Verdict> {
        let Some(source) = self.settings.source(leaving) else { return Ok(None) };
        let from = source.address_for(to, self.world.random.as_ref());
        let from = from.ok_or_else(|| {
            let text = format!("{} has no address from which {to} can be reached", source.name);
            Verdict::Deferred(Words::own("4.4.4", text))
        })?;
        Ok(Some((from.address, from.host_name.clone())))
    }

    /// The policy that `domain` has for its hosts; those that an operator names are his affair.
    async fn sts(&self, domain: &Domain, hosts: &[Host], wish: Wish) -> Result<sts::Known, Verdict> {
        let settings = self.settings.as_ref();
        // RFC 8461, 3: a policy is a domain's
        let by_dns = domain.as_literal().is_none() && hosts.iter().any(|host| host.from == From::Dns);
        if !(settings.mta_sts && settings.starttls && by_dns) || wish == Wish::Relaxed {
            return Ok(sts::Known::default());
        }
        let known = self.known.policies.of(domain).await;
        let known = known.map_err(|error| Verdict::Deferred(Words::own("4.3.0", error.to_string())))?;
        if let Some(unfetched) = &known.unfetched {
            self.tell(domain, outcome::unfetched(unfetched));
        }
        Ok(known)
    }

    /// Where a host is, and how it is to be talked to.
    async fn prepare(&self, call: &Call<'_>, host: &Host) -> Result<(Vec<SocketAddr>, Plan), Verdict> {
        let settings = self.settings.as_ref();
        let (addresses, found) = hosts::addresses(host, &self.world, settings).await?;
        let plan = |tls_name, policy| Plan { tls_name, policy, named_by: host.proof, wish: call.wish };
        let own_name = || host.name.clone();
        // what an operator asks of his relay no message and no domain takes back
        match call.course.tls() {
            TlsRule::Verified => return Ok((addresses, plan(own_name(), Policy::Verified))),
            TlsRule::Required => return Ok((addresses, plan(own_name(), Policy::Required))),
            TlsRule::Opportunistic if settings.starttls => {}
            TlsRule::Off | TlsRule::Opportunistic => return Ok((addresses, plan(own_name(), Policy::Clear))),
        }
        // RFC 8460, 5.3; RFC 8689, 5: such a message goes whatever TLS makes of it
        if call.wish == Wish::Relaxed {
            return Ok((addresses, plan(own_name(), Policy::Opportunistic)));
        }
        let dane = match &found {
            Found::Dns { .. } if settings.dane => {
                let asked = dane::policy(host, &found, self.world.dns.as_ref()).await;
                asked.inspect_err(|_| self.tell_of(call, host, outcome::no_tlsa(&host.name)))?
            }
            Found::Dns { .. } | Found::Literal => None,
        };
        // RFC 8461, 2: DANE comes first, and a policy makes up for none of its failures
        if let Some((tls_name, policy)) = dane {
            return Ok((addresses, plan(tls_name, policy)));
        }
        let held = call.sts.held.as_ref().filter(|_| host.from == From::Dns);
        let policy = match held.map(|held| (held, held.policy.mode, held.policy.covers(&host.name))) {
            Some((held, StsMode::Enforce, true)) => Policy::Sts(held.clone()),
            Some((held, StsMode::Enforce, false)) => {
                let policy = Policy::Sts(held.clone());
                self.tell_of(call, host, outcome::not_covered(&policy, &host.name));
                let text = format!("the domain's policy (MTA-STS) does not name the mail server {}", host.name);
                return Err(Verdict::Deferred(Words { policy: Some(policy.name()), ..Words::own("4.7.5", text) }));
            }
            Some((held, StsMode::Testing, covered)) => Policy::Testing { held: held.clone(), covered },
            Some((_, StsMode::None, _)) | None => Policy::Opportunistic,
        };
        Ok((addresses, plan(own_name(), policy)))
    }

    /// Connects, by the best way that works: with TLS where it can be had, then with less of it, and without where
    /// nothing asks for it (RFC 7435).
    async fn dial_one(
        &self,
        call: &Call<'_>,
        host: &Host,
        plan: &Plan,
        ends: Ends,
        address: SocketAddr,
    ) -> Result<Line, Broken> {
        let best = self.known.weak.way(address, self.world.clock.now());
        let mut way = match plan.policy {
            Policy::Clear => Way::Clear,
            // where TLS must be, that it could not be had an hour ago is no reason to do without
            _ if plan.policy.is_mandatory() || call.required => best.min(Way::Tls(Hello::Small)),
            _ => best,
        };
        loop {
            let connect = self.connect.as_ref();
            let opened = Line::open(connect, ends.clone(), plan, &self.settings, way, call.course).await;
            if call.wish != Wish::Relaxed
                && let Some(told) = outcome::of(plan, host, address, &opened)
            {
                self.tell_of(call, host, told);
            }
            let fault = match opened {
                Ok(line) => {
                    if way != best && plan.policy != Policy::Clear {
                        self.known.weak.remember(address, way, self.world.clock.now());
                    }
                    return Ok(line);
                }
                // another handshake shows the same certificate, and offers the same
                Err(Broken::Tls(fault @ (TlsFault::Handshake(_) | TlsFault::Refused(_)))) => fault,
                Err(broken) => return Err(broken),
            };
            // who refuses STARTTLS has not seen what we would offer
            let next = if matches!(fault, TlsFault::Refused(_)) { Some(Way::Clear) } else { way.next() };
            let next = next.filter(|next| *next != Way::Clear || !(plan.policy.is_mandatory() || call.required));
            let Some(next) = next else { return Err(Broken::Tls(fault)) };
            tracing::info!(host = %host.name, %address, cause = %fault, with = ?next, "trying with less of TLS");
            way = next;
        }
    }

    /// Counts what became of a host of `call`. RFC 8460, 1: of a domain's own servers; a relay is the affair of who named it.
    fn tell_of(&self, call: &Call<'_>, host: &Host, told: outcome::Told) {
        if host.from == From::Dns && call.domain.as_literal().is_none() {
            self.tell(call.domain, told);
        }
    }

    /// Counts a session for the report to its domain.
    fn tell(&self, domain: &Domain, told: outcome::Told) {
        if self.settings.tls_reports {
            self.known.reports.count(domain, told.applied, told.failure, self.world.clock.now());
        }
    }
}
