//! What is answered to mail while its reader is away, as the service desk sets it.
use crate::place::{address, place, secret};
use admin::{AccountAct, Caller, Error, Permission, Request, Response};
use delivery::Vacation;
use directory::Role;
use journal::Event;

#[tokio::test]
async fn the_service_desk_sets_what_is_answered() {
    let place = place().await;
    let anna = || address("anna@example.org");
    let act = AccountAct::Add {
        address: anna(),
        password: secret("geheim"),
        name: String::new(),
        quota: None,
        role: Role::User,
    };
    place.run(Request::Account(act)).await.unwrap();
    place.told.take();
    let show = || Request::Account(AccountAct::Vacation { address: anna() });
    let set = |vacation| Request::Account(AccountAct::SetVacation { address: anna(), vacation });
    assert_eq!(place.run(show()).await, Ok(Response::Vacation(Vacation::default())));
    let away = Vacation { enabled: true, text: Some("Away.".to_owned()), until: Some(2), ..Vacation::default() };
    let desk = Caller::staff("desk@example.org", Role::ServiceDesk);
    for _ in 0..2 {
        assert_eq!(place.admin.run(&desk, set(away.clone())).await, Ok(Response::Done), "it can be repeated");
    }
    assert_eq!(place.run(show()).await, Ok(Response::Vacation(away.clone())));
    let wrong = Vacation { days: 0, ..away };
    assert!(matches!(place.run(set(wrong.clone())).await, Err(Error::BadRequest(_))));
    let nobody = AccountAct::SetVacation { address: address("nobody@example.org"), vacation: wrong };
    assert!(matches!(place.run(Request::Account(nobody)).await, Err(Error::NotFound(_))));
    assert_eq!(show().permission(), Permission::Help);
    let told = place.told.take().into_iter().filter(|event| matches!(event, Event::Act { .. }));
    assert_eq!(told.count(), 2);
}
