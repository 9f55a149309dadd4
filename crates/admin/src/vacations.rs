//! The answer to mail while its reader is away: shown and set by the service desk, as by the customer himself.
use crate::{Admin, Caller, Error, Response};
use delivery::{KeptVacation, Vacation, VacationError};
use names::Address;

impl Admin {
    pub(crate) async fn vacation(&self, address: &Address) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?;
        Ok(Response::Vacation(KeptVacation::of(&account).await?.vacation))
    }

    pub(crate) async fn set_vacation(
        &self,
        caller: &Caller,
        address: &Address,
        vacation: Vacation,
    ) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?.acting_as(&format!("admin {}", caller.by));
        let told = if vacation.enabled { "on" } else { "off" };
        let set = |kept: &mut Vacation| {
            kept.clone_from(&vacation);
            Ok(())
        };
        KeptVacation::change(&account, set)
            .await?
            .map_err(|error: VacationError| Error::BadRequest(error.to_string()))?;
        self.told(caller, "account vacation", &address.to_string(), Some(told));
        Ok(Response::Done)
    }
}
