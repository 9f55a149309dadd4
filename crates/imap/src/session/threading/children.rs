//! Who has which children: for each node a piece of one list.
use super::Node;

/// The children of all nodes, each node's sorted by [`Node::key`].
#[derive(Debug, Default)]
pub(super) struct Children {
    /// Where each node's piece begins, and behind them the end of all.
    starts: Vec<u32>,
    list: Vec<u32>,
}

impl Children {
    /// From pairs of a parent and its child.
    pub(super) fn of(nodes: &[Node], pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0_u32; nodes.len() + 1];
        for (parent, _) in pairs {
            if let Some(count) = starts.get_mut(*parent as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut next, mut list) = (starts.clone(), vec![0_u32; pairs.len()]);
        for (parent, child) in pairs {
            if let Some(next) = next.get_mut(*parent as usize)
                && let Some(place) = list.get_mut(*next as usize)
            {
                *place = *child;
                *next += 1;
            }
        }
        for pair in starts.windows(2) {
            if let [begin, end] = *pair
                && end - begin > 1
                && let Some(siblings) = list.get_mut(begin as usize..end as usize)
            {
                siblings.sort_unstable_by_key(|at| nodes.get(*at as usize).map(Node::key));
            }
        }
        Self { starts, list }
    }

    /// Those of a node.
    pub(super) fn below(&self, node: u32) -> &[u32] {
        let (begin, end) = (self.starts.get(node as usize), self.starts.get(node as usize + 1));
        let piece = begin.zip(end).and_then(|(begin, end)| self.list.get(*begin as usize..*end as usize));
        piece.unwrap_or_default()
    }
}
