//! Another password for an account: from the service desk, or from the customer himself, who proves the one that he has.
use crate::{Admin, Caller, Error, Response, SecretText};
use directory::{Attempt, LoginError, LoginId, NewPassword, PasswordChange, PasswordChangeError, Service};
use names::{Address, Secret};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How a customer asks for another password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedBy {
    /// From where: wrong passwords are counted by it, as at a login.
    pub from: IpAddr,
    /// By which token, if it is by one; it goes on.
    #[serde(default)]
    pub token: Option<String>,
}

impl Admin {
    pub(crate) async fn set_password(
        &self,
        caller: &Caller,
        address: &Address,
        password: &SecretText,
    ) -> Result<Response, Error> {
        self.directory.account(address).await?;
        if let NewPassword::Plain(plain) = crate::admin::new_password(password)? {
            self.directory.check_not_of_account(address, &plain)?;
        }
        let hash = self.hash(password).await?;
        self.directory.set_password(address, hash).await?;
        self.told(caller, "account password", &address.to_string(), None);
        Ok(Response::Done)
    }

    pub(crate) async fn change_password(
        &self,
        caller: &Caller,
        address: &Address,
        (current, new): (&SecretText, &SecretText),
        asked: AskedBy,
    ) -> Result<Response, Error> {
        let secret = |text: &SecretText| Secret::new(text.reveal().to_owned());
        // whoever asks is in already, and by TLS
        let attempt = Attempt {
            name: address.to_string(),
            password: secret(current),
            from: asked.from,
            service: Service::Jmap,
            tls: true,
        };
        let kept: Option<LoginId> = asked.token.and_then(|token| token.parse().ok());
        let change = PasswordChange { current: attempt, new: secret(new), kept };
        match self.directory.change_password(change).await {
            Ok(ended) => {
                self.told(caller, "account password", &address.to_string(), None);
                Ok(Response::PasswordChanged { ended })
            }
            Err(PasswordChangeError::New(error)) => Err(error.into()),
            Err(PasswordChangeError::Login(error)) => {
                let told = format!("{error}, from {}", asked.from);
                self.told(caller, "account password refused", &address.to_string(), Some(&told));
                Err(match error {
                    LoginError::Wrong => Error::WrongPassword,
                    LoginError::Throttled { wait } => Error::TooOften { wait: wait.as_secs().max(1) },
                    LoginError::Suspended { .. } | LoginError::TooManySessions | LoginError::TlsRequired => {
                        Error::NotPermitted(error.to_string())
                    }
                    LoginError::Unavailable(error) => error.into(),
                })
            }
        }
    }
}
