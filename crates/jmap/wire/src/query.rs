//! `/query` and `/queryChanges` (RFC 8620, 5.5 and 5.6).
use crate::changes::max_changes;
use crate::{Arguments, Filter, Id, MethodError};
use serde_json::{Map, Value};

/// Comparators of one query.
const MAX_COMPARATORS: usize = 16;

/// What every `/query` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// In which account.
    pub account: Id,
    /// What results hold to.
    pub filter: Option<Filter>,
    /// By what they are sorted, the first one first.
    pub sort: Vec<Comparator>,
    /// Where the answer begins.
    pub place: Place,
    /// How many results it has at most; as many as the server likes for `None`.
    pub limit: Option<u64>,
    /// Whether it tells how many there are in all.
    pub calculate_total: bool,
}

/// Where an answer begins among the results.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// At a number, from the first one; below 0 from the end.
    At(i64),
    /// So many behind a result.
    Anchor(Id, i64),
}

/// By what results are sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparator {
    /// The property.
    pub property: String,
    /// The smallest first.
    pub ascending: bool,
    /// A collation of the server's list.
    pub collation: Option<String>,
    /// What the property needs beside these, such as `keyword`.
    pub more: Map<String, Value>,
}

impl Query {
    /// Takes them, and leaves what the type has beside them.
    ///
    /// # Errors
    /// `invalidArguments`, `unsupportedFilter`, `unsupportedSort`.
    pub fn take(arguments: &mut Arguments) -> Result<Self, MethodError> {
        let account = arguments.required_id("accountId")?;
        let (filter, sort) = filter_and_sort(arguments)?;
        let (position, offset) = (arguments.int("position")?.unwrap_or(0), arguments.int("anchorOffset")?.unwrap_or(0));
        // "If an anchor is given, position is ignored"
        let place = arguments.id("anchor")?.map_or(Place::At(position), |anchor| Place::Anchor(anchor, offset));
        let limit = arguments.unsigned("limit")?;
        Ok(Self { account, filter, sort, place, limit, calculate_total: arguments.truth("calculateTotal")? })
    }
}

/// What every `/queryChanges` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryChanges {
    /// In which account.
    pub account: Id,
    /// What results hold to.
    pub filter: Option<Filter>,
    /// By what they are sorted.
    pub sort: Vec<Comparator>,
    /// Since which state of the query.
    pub since: String,
    /// How many changes the answer may have.
    pub max: Option<u64>,
    /// The last result that the client knows.
    pub up_to: Option<Id>,
    /// Whether it tells how many there are in all.
    pub calculate_total: bool,
}

impl QueryChanges {
    /// Takes them, and leaves what the type has beside them.
    ///
    /// # Errors
    /// `invalidArguments`, `unsupportedFilter`, `unsupportedSort`.
    pub fn take(arguments: &mut Arguments) -> Result<Self, MethodError> {
        let account = arguments.required_id("accountId")?;
        let (filter, sort) = filter_and_sort(arguments)?;
        Ok(Self {
            account,
            filter,
            sort,
            since: arguments.required_text("sinceQueryState")?,
            max: max_changes(arguments)?,
            up_to: arguments.id("upToId")?,
            calculate_total: arguments.truth("calculateTotal")?,
        })
    }
}

fn filter_and_sort(arguments: &mut Arguments) -> Result<(Option<Filter>, Vec<Comparator>), MethodError> {
    let filter = arguments.value("filter").map(Filter::read).transpose()?;
    let sort = match arguments.value("sort") {
        None => Vec::new(),
        Some(Value::Array(items)) if items.len() > MAX_COMPARATORS => {
            return Err(MethodError::UnsupportedSort(format!("more than {MAX_COMPARATORS} comparators")));
        }
        Some(Value::Array(items)) => items.into_iter().map(comparator).collect::<Result<_, _>>()?,
        Some(_) => return Err(MethodError::InvalidArguments("`sort` is no list".to_owned())),
    };
    Ok((filter, sort))
}

fn comparator(value: Value) -> Result<Comparator, MethodError> {
    let Value::Object(members) = value else {
        return Err(MethodError::InvalidArguments("a comparator is an object".to_owned()));
    };
    let mut members = members;
    let ascending = match members.remove("isAscending") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(truth)) => truth,
        Some(_) => return Err(MethodError::InvalidArguments("`isAscending` is no Boolean".to_owned())),
    };
    let property = match members.remove("property") {
        Some(Value::String(property)) => property,
        _ => return Err(MethodError::InvalidArguments("a comparator has a `property`".to_owned())),
    };
    let collation = match members.remove("collation") {
        None | Some(Value::Null) => None,
        Some(Value::String(collation)) => Some(collation),
        Some(_) => return Err(MethodError::InvalidArguments("`collation` is no string".to_owned())),
    };
    Ok(Comparator { property, ascending, collation, more: members })
}

#[cfg(test)]
mod tests {
    use super::{Place, Query, QueryChanges};
    use crate::Arguments;
    use serde_json::{Value, json};

    fn arguments(value: Value) -> Arguments {
        match value {
            Value::Object(members) => Arguments::new(members),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_query_is_taken_apart() {
        let told = json!({
            "accountId": "a", "filter": {"inMailbox": "m"}, "sort": [{"property": "receivedAt", "isAscending": false, "keyword": "x"}],
            "position": -3, "limit": 10, "calculateTotal": true, "collapseThreads": true
        });
        let mut told = arguments(told);
        let query = Query::take(&mut told).unwrap();
        assert_eq!((query.place, query.limit, query.calculate_total), (Place::At(-3), Some(10), true));
        assert_eq!((query.sort[0].property.as_str(), query.sort[0].ascending), ("receivedAt", false));
        assert_eq!(query.sort[0].more["keyword"], "x");
        assert!(told.truth("collapseThreads").unwrap());
        told.none_left().unwrap();
    }

    #[test]
    fn an_anchor_comes_before_a_position() {
        let query =
            Query::take(&mut arguments(json!({"accountId": "a", "position": 5, "anchor": "e1", "anchorOffset": -2})))
                .unwrap();
        assert_eq!(query.place, Place::Anchor("e1".try_into().unwrap(), -2));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for wrong in [
            json!({"sort": {}}),
            json!({"sort": [1]}),
            json!({"sort": [{}]}),
            json!({"sort": [{"property": "a", "isAscending": 1}]}),
            json!({"sort": [{"property": "a", "collation": 1}]}),
            json!({"limit": -1}),
            json!({"position": "1"}),
            json!({"anchor": "a b"}),
            json!({"sort": vec![json!({"property": "a"}); 17]}),
            json!({"filter": 1}),
        ] {
            let mut told = wrong.clone();
            told["accountId"] = "a".into();
            assert!(Query::take(&mut arguments(told)).is_err(), "{wrong}");
        }
        assert!(QueryChanges::take(&mut arguments(json!({"accountId": "a"}))).is_err());
        let zero = json!({"accountId": "a", "sinceQueryState": "s", "maxChanges": 0});
        assert!(QueryChanges::take(&mut arguments(zero)).is_err());
    }
}
