//! Password/set: another password, for who knows the one that he has. It is no object: nothing of it can be read.
use super::act;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::members;
use crate::method::{Answers, Method};
use crate::refusal;
use admin::{AccountAct, AskedBy, Response, SecretText, Weakness};
use jmap_wire::{Arguments, MethodError};

pub(super) const SET: Method = Method {
    name: "Password/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let opened = context.own_account(&account).await?;
    let current = SecretText::new(arguments.required_text("currentPassword")?);
    let new = SecretText::new(arguments.required_text("newPassword")?);
    arguments.none_left()?;
    let caller = context.caller;
    let token = caller.login.filter(|login| login.is_token());
    let asked = AskedBy { from: caller.peer.remote.ip(), token: token.map(|token| token.to_string()) };
    let address = caller.address.clone();
    match act(context, AccountAct::ChangePassword { address, current, new, asked }).await {
        Ok(Response::PasswordChanged { ended }) => {
            Ok(vec![context.answer(members([("accountId", opened.id.as_str().into()), ("endedLogins", ended.into())]))])
        }
        Ok(_) => Err(MethodError::ServerFail("a fault of this server".to_owned())),
        Err(admin::Error::WrongPassword) => Err(MethodError::WrongPassword),
        Err(admin::Error::WeakPassword { why, .. }) => Err(MethodError::WeakPassword {
            reason: reason(why),
            min_length: context.parts.directory.min_password_length() as u64,
        }),
        Err(error) => Err(refusal::of_admin(&error)),
    }
}

const fn reason(why: Weakness) -> &'static str {
    match why {
        Weakness::TooShort => "tooShort",
        Weakness::TooLong => "tooLong",
        Weakness::Breached => "breached",
        Weakness::SameAsBefore => "sameAsBefore",
        Weakness::ContainsName => "containsName",
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};

    const OLD: &str = "een lang wachtwoord";
    const NEW: &str = "een nieuw wachtwoord";

    async fn change(bench: &Bench, current: &str, new: &str) -> Value {
        bench.call("Password/set", json!({"currentPassword": current, "newPassword": new})).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_password_is_changed_by_who_knows_it() {
        let bench = Bench::new().await;
        let anna = bench.anna.account.to_string();
        assert_eq!(change(&bench, OLD, NEW).await, json!({"accountId": anna, "endedLogins": 0}));
        assert_eq!(change(&bench, OLD, "een heel ander wachtwoord").await["type"], "wrongPassword");
        assert_eq!(change(&bench, NEW, OLD).await["endedLogins"], 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_is_refused_with_its_reason() {
        let bench = Bench::new().await;
        let long = "x".repeat(1_025);
        for (new, reason) in [
            ("kort", "tooShort"),
            ("", "tooShort"),
            (&*long, "tooLong"),
            (OLD, "sameAsBefore"),
            ("dit is van ANNA zelf", "containsName"),
        ] {
            let expected = json!({"type": "weakPassword", "reason": reason, "minLength": 10});
            assert_eq!(change(&bench, OLD, new).await, expected, "{new}");
        }
        for wrong in [json!({"currentPassword": OLD}), json!({"currentPassword": OLD, "newPassword": NEW, "more": 1})] {
            assert_eq!(bench.call("Password/set", wrong).await["type"], "invalidArguments");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a01_guesses_count_as_those_of_logins_do() {
        let bench = Bench::new().await;
        for _ in 0..10 {
            assert_eq!(change(&bench, "geraden", NEW).await["type"], "wrongPassword");
        }
        let refused = change(&bench, OLD, NEW).await;
        assert_eq!(refused["type"], "rateLimit");
        assert!(refused["retryAfter"].as_u64().is_some_and(|wait| (500..=600).contains(&wait)), "{refused}");
    }
}
