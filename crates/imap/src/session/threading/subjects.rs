//! Step 5 of threading by references: what has one subject belongs together.
use super::hashed::ByHash;
use super::{Forest, Root};

impl Forest {
    /// Step 5: threads of one subject become one.
    pub(super) fn merge_subjects(&mut self) {
        let mut roots: Vec<Option<Root>> = std::mem::take(&mut self.roots).into_iter().map(Some).collect();
        let subjects: Vec<Option<u64>> = roots
            .iter()
            .map(|root| root.as_ref().and_then(|root| self.node(root.head())).and_then(|node| node.subject))
            .collect();
        let is_reply = |root: &Root| match root {
            Root::Message(at) => self.node(*at).is_some_and(|node| node.is_reply),
            Root::Siblings(_) => false,
        };
        // (5.B)
        let mut table: ByHash<usize> = ByHash::default();
        for (index, (root, subject)) in roots.iter().zip(&subjects).enumerate() {
            let (Some(root), Some(subject)) = (root, subject) else { continue };
            let place = table.entry(*subject).or_insert(index);
            if let Some(Some(before @ Root::Message(_))) = roots.get(*place)
                && (matches!(root, Root::Siblings(_)) || (is_reply(before) && !is_reply(root)))
            {
                *place = index;
            }
        }
        // (5.C)
        let replies: Vec<bool> = roots.iter().map(|root| root.as_ref().is_some_and(is_reply)).collect();
        for (index, subject) in subjects.iter().enumerate() {
            let Some(target) = subject.and_then(|subject| table.get(&subject).copied()).filter(|at| *at != index)
            else {
                continue;
            };
            let (Some(current), Some(into)) =
                (roots.get_mut(index).and_then(Option::take), roots.get_mut(target).and_then(Option::take))
            else {
                continue;
            };
            let reply = |at: usize| replies.get(at).copied().unwrap_or(false);
            let merged = match (into, current) {
                (Root::Siblings(mut all), Root::Siblings(more)) => {
                    all.extend(more);
                    Root::Siblings(all)
                }
                (Root::Siblings(mut all), Root::Message(one)) => {
                    all.push(one);
                    Root::Siblings(all)
                }
                (Root::Message(parent), Root::Message(child)) if reply(index) && !reply(target) => {
                    self.pairs.push((parent, child));
                    Root::Message(parent)
                }
                (Root::Message(one), Root::Message(other)) => Root::Siblings(vec![one, other]),
                // The table prefers siblings.
                (Root::Message(one), Root::Siblings(mut all)) => {
                    all.push(one);
                    Root::Siblings(all)
                }
            };
            if let Some(place) = roots.get_mut(target) {
                *place = Some(merged);
            }
        }
        self.roots = roots.into_iter().flatten().collect();
    }
}
