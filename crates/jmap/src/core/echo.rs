//! Core/echo (RFC 8620, 4).
use crate::capability::Capability;
use crate::context::Context;
use crate::method::{Answers, Method};
use jmap_wire::Arguments;

pub(crate) const ECHO: Method = Method {
    name: "Core/echo",
    capability: Capability::Core,
    run: |context, arguments| Box::pin(async move { echo(context, arguments) }),
};

fn echo(context: &Context<'_>, arguments: Arguments) -> Answers {
    Ok(vec![context.answer(arguments.into_members())])
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::json;

    #[tokio::test]
    async fn the_example_of_the_rfc() {
        // RFC 8620, 4.1
        let bench = Bench::new().await;
        let response = bench.request(json!([["Core/echo", {"hello": true, "high": 5}, "b3ff"]])).await;
        assert_eq!(response["methodResponses"], json!([["Core/echo", {"hello": true, "high": 5}, "b3ff"]]));
    }
}
