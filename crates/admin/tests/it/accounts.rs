//! Accounts, many at once.
use crate::place::{Place, address, place, secret};
use admin::{AccountAct, AliasAct, Error, Request, Response};

async fn import(place: &Place, file: &str) -> Result<Response, Error> {
    place.run(Request::Account(AccountAct::Import { file: secret(file) })).await
}

#[tokio::test]
async fn a_bad_line_and_nothing_is_applied() {
    let place = place().await;
    let info = AliasAct::Add { address: address("info@example.org"), targets: vec![address("x@elders.example")] };
    assert_eq!(place.run(Request::Alias(info)).await, Ok(Response::Done));
    let good = "address,password-or-hash,name,quota\nanna@example.org,geheim,,\n";
    for (line, said) in [
        ("bram@elders.example,geheim,,", "line 3: no domain elders.example"),
        ("Anna@example.org,geheim,,", "line 3: Anna@example.org is on line 2 already"),
        ("info@example.org,geheim,,", "line 3: the address info@example.org is taken"),
        ("bram@example.org,{SSHA}geheim,,", "line 3: the SSHA hash is malformed: it is not base64"),
    ] {
        let error = import(&place, &format!("{good}{line}\n")).await.unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    let show = Request::Account(AccountAct::Show { address: address("anna@example.org") });
    assert!(matches!(place.run(show).await, Err(Error::NotFound(_))));
    let large = "x".repeat(admin::MAX_IMPORT + 1);
    assert!(matches!(import(&place, &large).await, Err(Error::BadRequest(_))));
}
