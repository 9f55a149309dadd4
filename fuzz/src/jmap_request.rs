//! Requests of JMAP: what is read is within bounds, references cost no more than their budget, and a response prints.
use jmap_wire::{Answer, Arguments, Budget, Copy, Get, Query, QueryChanges, Request, Response, Set, patch, resolve};

const CALLS: usize = 32;
const BUDGET: usize = 100_000;

pub(crate) fn jmap_request(data: &[u8]) {
    let request = match Request::parse(data, CALLS) {
        Ok(request) => request,
        Err(error) => {
            assert_eq!(error.problem()["status"], 400);
            return;
        }
    };
    assert!(request.calls.len() <= CALLS);
    let mut budget = Budget::new(BUDGET);
    let mut answers = Vec::new();
    for call in request.calls {
        let mut arguments = call.arguments;
        let before = serde_json::to_vec(&arguments).map_or(0, |text| text.len());
        if let Err(error) = resolve(&mut arguments, &answers, &mut budget) {
            answers.push(Answer::error(&error, &call.id));
            continue;
        }
        let after = serde_json::to_vec(&arguments).map_or(0, |text| text.len());
        // a byte may take six in JSON
        assert!(after <= before + 6 * BUDGET);
        let of = || Arguments::new(arguments.clone());
        let _ = (Get::take(&mut of(), 10), Copy::take(&mut of(), 10), QueryChanges::take(&mut of()));
        if let Ok(query) = Query::take(&mut of())
            && let Some(filter) = query.filter
        {
            filter.holds(|condition| condition.is_empty());
        }
        if let Ok(set) = Set::take(&mut of(), 10) {
            for (_, change) in &set.update {
                let _ = set.create.first().map(|(_, object)| patch(object, change));
            }
        }
        answers.push(Answer { name: call.name, arguments, id: call.id });
    }
    let count = answers.len();
    let response =
        Response { method_responses: answers, created_ids: request.created_ids, session_state: "s".to_owned() };
    let printed = serde_json::to_value(response).unwrap_or_default();
    assert_eq!(printed["methodResponses"].as_array().map(Vec::len), Some(count));
}
