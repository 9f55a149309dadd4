//! The parts of a message with the numbers by which IMAP names them (RFC 9051, 6.4.5).
use super::summary::{PartView, text};
use message::{Part, Shape, Structure};

/// Every part, in the order of the bytes.
pub(super) fn parts(structure: &Structure) -> Vec<PartView> {
    let mut places: Vec<Place> = structure.parts().iter().map(|_| Place::default()).collect();
    if let (Some(root), Some(place)) = (structure.root(), places.first_mut()) {
        *place = of_message("", root, 0);
    }
    for (index, part) in structure.parts().iter().enumerate() {
        let Some(Place { path, depth, .. }) = places.get(index).cloned() else { continue };
        for (child, number) in structure.children(index).zip(1_u32..) {
            let below = match (&part.shape, structure.part(child)) {
                // an attached message that is a multipart gives its number to its own parts
                (Shape::Message(_), Some(root)) => of_message(&path, root, depth + 1),
                _ => Place { path: joined(&path, number), shown: true, depth: depth + 1 },
            };
            if let Some(place) = places.get_mut(child) {
                *place = below;
            }
        }
    }
    structure.parts().iter().zip(places).map(|(part, place)| view(part, place)).collect()
}

/// Where a part stands.
#[derive(Debug, Clone, Default)]
struct Place {
    /// The numbers that the parts inside it begin with.
    path: String,
    /// Whether these numbers name the part itself.
    shown: bool,
    depth: usize,
}

/// The root of a message that is reached by `path`: a multipart has no number of its own, anything else is number 1.
fn of_message(path: &str, root: &Part, depth: usize) -> Place {
    match root.shape {
        Shape::Multipart => Place { path: path.to_owned(), shown: false, depth },
        Shape::Leaf | Shape::Message(_) => Place { path: joined(path, 1), shown: true, depth },
    }
}

fn joined(path: &str, number: u32) -> String {
    if path.is_empty() { number.to_string() } else { format!("{path}.{number}") }
}

fn view(part: &Part, place: Place) -> PartView {
    PartView {
        part: place.shown.then_some(place.path),
        depth: place.depth,
        media_type: format!("{}/{}", text(&part.media.kind), text(&part.media.subtype)).to_ascii_lowercase(),
        charset: part.charset().map(text),
        encoding: text(part.encoding.name()),
        size: part.body.len(),
        lines: part.lines,
        start: part.body.start,
        disposition: part.disposition.as_ref().map(|disposition| text(&disposition.kind).to_ascii_lowercase()),
        file_name: part.file_name(),
        content_id: part.id.as_deref().map(text),
    }
}
