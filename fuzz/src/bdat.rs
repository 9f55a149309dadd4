//! BDAT: exactly as many bytes as announced belong to the chunk, in any split.
use smtp_wire::{Bdat, Chunk, LineEndWatch};

pub(crate) fn bdat(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (line, content) = data.split_at(end);
    let Ok(bdat) = Bdat::parse(line.trim_ascii()) else { return };
    for cut in 0..=content.len().min(300) {
        let (head, tail) = content.split_at(cut);
        let (mut chunk, mut watch, mut taken) = (Chunk::new(bdat), LineEndWatch::default(), 0);
        for piece in [head, tail] {
            let mine = chunk.take(piece);
            watch.push(mine);
            taken += mine.len() as u64;
        }
        assert_eq!(taken, bdat.size.min(content.len() as u64));
        assert_eq!(chunk.is_complete(), taken == bdat.size);
        let mut whole = LineEndWatch::default();
        whole.push(content.get(..usize::try_from(taken).unwrap_or(0)).unwrap_or_default());
        assert_eq!(watch.finish(), whole.finish());
    }
}
