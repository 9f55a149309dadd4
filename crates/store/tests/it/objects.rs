//! Objects of an account: what is kept of them, their states, how many there may be.
use crate::place::{ANNA, Place};
use bytes::Bytes;
use std::sync::Arc;
use store::{
    CheckDepth, Error, MAX_OBJECT, ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectTouch, ObjectsChanged, Settings,
    Store, Touched,
};

const OF: ObjectKind = ObjectKind::Identity;

impl Place {
    async fn change(&self, of: ObjectKind, changes: &[ObjectChange]) -> Vec<Option<ObjectId>> {
        let changed = self.account.change_objects(of, None, changes).await.unwrap().into_value();
        let ObjectsChanged::Done(done) = changed else { return Vec::new() };
        done
    }

    async fn values(&self, of: ObjectKind) -> Vec<Bytes> {
        self.account.objects(of).await.unwrap().objects.into_iter().map(|object| object.value).collect()
    }
}

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[tokio::test]
async fn objects_are_made_changed_and_removed_each_kind_with_its_own_state() {
    let place = Place::new().await;
    assert_eq!(place.account.object_state(OF).await.unwrap(), ModSeq(0));
    let made = place.change(OF, &[ObjectChange::Create(bytes("a")), ObjectChange::Create(bytes("b"))]).await;
    let [Some(a), Some(b)] = made[..] else { panic!("{made:?}") };
    let first = place.account.objects(OF).await.unwrap();
    assert_eq!((first.state, first.objects.len()), (place.account.modseq().await.unwrap(), 2));
    place.append("Subject: s\n\ntext\n").await;
    assert_eq!(place.account.object_state(OF).await.unwrap(), first.state, "a delivery is no change of them");
    let done = place.change(OF, &[ObjectChange::Replace(a, bytes("c")), ObjectChange::Remove(b)]).await;
    assert_eq!(done, [Some(a), Some(b)]);
    assert_eq!(place.values(OF).await, [bytes("c")]);
    assert_eq!(place.account.some_objects(OF, &[b, a]).await.unwrap(), [None, Some(bytes("c"))]);
    // what is not there, or is so already, writes nothing
    let modseq = place.account.modseq().await.unwrap();
    let nothing = [ObjectChange::Replace(b, bytes("x")), ObjectChange::Remove(b), ObjectChange::Replace(a, bytes("c"))];
    assert_eq!(place.change(OF, &nothing).await, [None, None, Some(a)]);
    assert_eq!(place.account.modseq().await.unwrap(), modseq);
    assert_eq!(place.values(ObjectKind::Submission).await, Vec::<Bytes>::new());
    let changes = place.account.changes(first.state, 10).await.unwrap();
    let touched: Vec<&Touched> = changes.entries.iter().flat_map(|entry| &entry.touched).collect();
    assert!(matches!(
        touched[..],
        [
            Touched::Arrived { .. },
            Touched::Object { id: one, touch: ObjectTouch::Changed, .. },
            Touched::Object { id: two, touch: ObjectTouch::Removed, of: OF },
        ] if *one == a && *two == b
    ));
    // all of it again from disk
    let again = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap();
    assert_eq!(again.account(ANNA).await.unwrap().objects(OF).await.unwrap().objects[0].id, a);
    let report = again.check(CheckDepth::Records).await.unwrap();
    assert_eq!(report.faults, []);
}

#[tokio::test]
async fn an_expected_state_is_held() {
    let place = Place::new().await;
    place.change(OF, &[ObjectChange::Create(bytes("a"))]).await;
    let state = place.account.object_state(OF).await.unwrap();
    let create = [ObjectChange::Create(bytes("b"))];
    let first = place.account.change_objects(OF, Some(state), &create).await.unwrap();
    assert!(matches!(first.value(), ObjectsChanged::Done(_)));
    let second = place.account.change_objects(OF, Some(state), &create).await.unwrap();
    assert_eq!(*second.value(), ObjectsChanged::StateMismatch);
    assert_eq!(place.values(OF).await.len(), 2);
}

#[tokio::test]
async fn objects_have_limits() {
    let place = Place::new().await;
    let create = |value: Bytes| [ObjectChange::Create(value)];
    place.change(ObjectKind::Vacation, &create(bytes("x"))).await;
    let second = place.account.change_objects(ObjectKind::Vacation, None, &create(bytes("y"))).await;
    assert_eq!(second, Err(Error::Limit { what: "objects of a kind", limit: 1 }));
    let large = Bytes::from(vec![b'x'; MAX_OBJECT]);
    place.change(OF, &create(large.clone())).await;
    let larger = Bytes::from([&large[..], b"x"].concat());
    let refused = place.account.change_objects(OF, None, &create(larger)).await;
    assert_eq!(refused, Err(Error::Limit { what: "octets of an object", limit: MAX_OBJECT as u64 }));
    let many = vec![ObjectChange::Create(bytes("z")); 100];
    assert!(place.account.change_objects(OF, None, &many).await.is_err());
    assert_eq!(place.values(OF).await.len(), 1);
}

#[tokio::test]
async fn several_kinds_change_in_one_commit_where_each_is_as_expected() {
    let place = Place::new().await;
    let (books, cards) = (ObjectKind::AddressBook, ObjectKind::ContactCard);
    let create = [(books, ObjectChange::Create(bytes("b"))), (cards, ObjectChange::Create(bytes("c")))];
    let done = place.account.change_objects_of_kinds(&[(books, ModSeq(0)), (cards, ModSeq(0))], &create).await.unwrap();
    assert!(matches!(done.value(), ObjectsChanged::Done(ids) if ids.len() == 2));
    let state = place.account.object_state(books).await.unwrap();
    assert_eq!(place.account.object_state(cards).await.unwrap(), state, "they are one commit");
    place.change(cards, &[ObjectChange::Create(bytes("d"))]).await;
    let again = place.account.change_objects_of_kinds(&[(books, state), (cards, state)], &create).await.unwrap();
    assert_eq!(*again.value(), ObjectsChanged::StateMismatch);
    assert_eq!((place.values(books).await.len(), place.values(cards).await.len()), (1, 2));
    assert_eq!(place.account.object_count(cards).await.unwrap(), 2);
}

#[tokio::test]
async fn objects_are_read_page_by_page() {
    let place = Place::new().await;
    let made = place.change(OF, &vec![ObjectChange::Create(bytes("x")); 5]).await;
    let (mut seen, mut after, mut more) = (Vec::new(), None, true);
    while more {
        let page = place.account.objects_after(OF, after, 2).await.unwrap();
        assert!(page.0.len() <= 2);
        more = page.1;
        after = page.0.last().map(|object| object.id);
        seen.extend(page.0.into_iter().map(|object| Some(object.id)));
    }
    assert_eq!(seen, made);
    assert_eq!(place.account.objects_after(ObjectKind::Vacation, None, 2).await.unwrap(), (Vec::new(), false));
}
