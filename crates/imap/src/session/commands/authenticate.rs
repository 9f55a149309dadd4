//! LOGIN (RFC 3501, 6.2.3) and AUTHENTICATE (RFC 3501, 6.2.2; RFC 4959).
use super::capability::{capabilities, may_log_in};
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::news::News;
use crate::session::phase::{Login, Phase};
use crate::session::refusal::refusal;
use crate::session::report;
use crate::session::talk::Talk;
use directory::{
    Attempt, Came, Credentials, LoginError, MAX_SASL_RESPONSE, Mechanism, SaslError, SaslExchange, SaslStep, Service,
};
use imap_wire::Cursor;
use imap_wire::reply::Code;
use journal::Cause;
use names::Secret;
use std::sync::Arc;
use transport::Line;

pub(crate) const LOGIN: Command = Command {
    name: "LOGIN",
    capability: None,
    effect: Effect::Nothing,
    run: Run::BeforeLogin(|phase, talk, args| Box::pin(login(phase, talk, args))),
};

pub(crate) const AUTHENTICATE: Command = Command {
    name: "AUTHENTICATE",
    capability: None,
    effect: Effect::Nothing,
    run: Run::BeforeLogin(|phase, talk, args| Box::pin(authenticate(phase, talk, args))),
};

async fn login(phase: Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Result<(Phase, Completion), Ended> {
    let login = match args.space().and_then(|()| imap_wire::Login::read(&mut args)) {
        Ok(login) => login,
        Err(error) => return Ok((phase, error.into())),
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let (Some(name), Some(password)) = (text(&login.user), text(&login.password)) else {
        return Ok((phase, Completion::no(Code::AuthenticationFailed, "name and password are UTF-8")));
    };
    let credentials = Credentials { name, password: Secret::new(password) };
    admit(phase, talk, credentials, "LOGIN").await
}

async fn authenticate(phase: Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Result<(Phase, Completion), Ended> {
    let asked = match args.space().and_then(|()| imap_wire::Authenticate::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok((phase, error.into())),
    };
    let Some(mechanism) = Mechanism::from_name(&asked.mechanism) else {
        report::nameless_login_refused(talk, &asked.mechanism, Cause::UnknownMechanism);
        return Ok((phase, Completion::no(Code::Cannot, "this way of logging in is not offered")));
    };
    if !may_log_in(talk) {
        report::nameless_login_refused(talk, mechanism.name(), Cause::LoginNeedsTls);
        return Ok((phase, Completion::no(Code::PrivacyRequired, "start TLS first")));
    }
    let mut step = mechanism.begin(asked.initial);
    loop {
        step = match step {
            SaslStep::Challenge(challenge, exchange) => respond(talk, challenge, exchange).await?,
            SaslStep::Done(credentials) => return admit(phase, talk, credentials, mechanism.name()).await,
            SaslStep::Failed(error) => {
                report::nameless_login_refused(talk, mechanism.name(), Cause::LoginBroken);
                return Ok((phase, failed(error)));
            }
        };
    }
}

/// Sends a challenge and hands the client's line to the exchange.
async fn respond(talk: &mut Talk, challenge: &str, exchange: SaslExchange) -> Result<SaslStep, Ended> {
    talk.go_ahead(challenge).await?;
    let wait = talk.house.settings.wait_before_login;
    let stop = talk.conversation.stop.clone();
    let line = tokio::select! {
        () = stop.cancelled() => return Err(Ended::Stopped),
        line = talk.conversation.input.line(MAX_SASL_RESPONSE + 2, wait) => line,
    };
    Ok(match line {
        Ok(Line::Complete { bytes, .. }) => exchange.respond(&bytes),
        Ok(Line::TooLong) => SaslStep::Failed(SaslError::TooLong),
        Err(transport::InputError::TimedOut) => return Err(Ended::Silent),
        Err(error) => return Err(Ended::Gone(error)),
    })
}

/// A broken exchange is BAD (RFC 3501, 6.2.2); one that asks for another identity is refused.
fn failed(error: SaslError) -> Completion {
    match error {
        SaslError::Cancelled => Completion::bad("the login was cancelled"),
        SaslError::OtherIdentity => Completion::no(Code::AuthorizationFailed, error.to_string()),
        SaslError::TooLong | SaslError::BadBase64 | SaslError::Malformed => Completion::bad(error.to_string()),
    }
}

/// Asks at the door.
async fn admit(
    phase: Phase,
    talk: &mut Talk,
    credentials: Credentials,
    mechanism: &str,
) -> Result<(Phase, Completion), Ended> {
    if !may_log_in(talk) {
        report::login_refused(talk, &credentials.name, mechanism, Cause::LoginNeedsTls).await;
        return Ok((phase, Completion::no(Code::PrivacyRequired, "start TLS first")));
    }
    let attempt = Attempt {
        name: credentials.name.clone(),
        password: credentials.password,
        from: talk.conversation.peer.remote.ip(),
        service: Service::Imap,
        tls: talk.conversation.peer.tls.is_some(),
    };
    let door = Arc::clone(&talk.house);
    let stop = talk.conversation.stop.clone();
    let outcome = tokio::select! {
        () = stop.cancelled() => return Err(Ended::Stopped),
        outcome = door.rooms.directory.login(attempt) => outcome,
    };
    let admitted = match outcome {
        Ok(admitted) => admitted,
        Err(error) => {
            let (cause, completion) = refused(&error);
            report::login_refused(talk, &credentials.name, mechanism, cause).await;
            return Ok((phase, completion));
        }
    };
    let account = match talk.house.rooms.store.account(admitted.account).await {
        Ok(account) => account.acting_as(&format!("imap {}", talk.conversation.peer.session)),
        Err(error) => {
            report::login_refused(talk, &credentials.name, mechanism, Cause::StoreUnavailable).await;
            return Ok((phase, refusal(&error)));
        }
    };
    report::login_accepted(talk, admitted.account, mechanism);
    let peer = &talk.conversation.peer;
    admitted.permit.came(&Came {
        listener: &peer.listener,
        server_name: peer.tls.as_ref().and_then(|tls| tls.server_name.as_deref()),
        port: peer.local.port(),
        tls: peer.tls.is_some(),
        from: peer.remote.ip(),
        program: talk.client.as_deref(),
        by_browser: false,
    });
    let permit = Arc::new(admitted.permit);
    talk.permit = Arc::downgrade(&permit);
    talk.conversation.trust();
    talk.leash.hold(&admitted.revoked);
    let login = Login {
        account,
        address: admitted.address,
        condstore: false,
        qresync: false,
        rev2: false,
        news: News::default(),
        utf8: false,
        uid_only: false,
        revoked: admitted.revoked,
        _permit: permit,
    };
    // RFC 3501, 6.2.2 and 6.2.3: the capabilities after login differ; saying them saves a round trip.
    let code = Code::Capability(capabilities(true, talk));
    Ok((Phase::Authenticated(login), Completion::ok("welcome").with(code)))
}

/// What the door said, for the journal and for the client (RFC 5530, 3).
pub(crate) fn refused(error: &LoginError) -> (Cause, Completion) {
    match error {
        LoginError::Wrong => {
            (Cause::WrongPassword, Completion::no(Code::AuthenticationFailed, "wrong name or password"))
        }
        LoginError::Suspended { .. } => {
            (Cause::AccountSuspended, Completion::no(Code::ContactAdmin, "the account is suspended; ask your provider"))
        }
        LoginError::TooManySessions => {
            (Cause::TooManySessions, Completion::no(Code::Limit, "too many sessions of this account"))
        }
        LoginError::TlsRequired => {
            (Cause::LoginNeedsTls, Completion::no(Code::PrivacyRequired, "this account logs in by TLS only"))
        }
        LoginError::Throttled { .. } => {
            (Cause::TooManyWrongPasswords, Completion::no(Code::Unavailable, error.to_string()))
        }
        LoginError::Unavailable(_) => {
            tracing::warn!(%error, "login is not possible");
            (
                Cause::StoreUnavailable,
                Completion::no(Code::Unavailable, "not possible just now, please try again later"),
            )
        }
    }
}
