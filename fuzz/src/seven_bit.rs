//! Messages for ways of seven bits: what is converted is ASCII, has the same parts, is the same in pieces, and needs no more.
use message::{Limits, SevenBit, SevenBitScan, parse};

pub(crate) fn seven_bit(data: &[u8]) {
    let look = look(data, usize::MAX);
    assert_eq!(look, self::look(data, 1));
    let Ok(plan) = look.plan else { return };
    let out = write(&plan, data, usize::MAX);
    assert!(out.is_ascii());
    assert_eq!(write(&plan, data, 1), out);
    let parts = |message| parse(message, Limits::default()).structure.parts().len();
    assert_eq!(parts(&out), parts(data));
    assert_eq!(self::look(&out, usize::MAX).plan, Ok(SevenBit::default()));
}

fn look(data: &[u8], size: usize) -> message::SevenBitLook {
    let mut scan = SevenBitScan::new(Limits::default());
    data.chunks(size).for_each(|piece| scan.push(piece));
    scan.finish()
}

fn write(plan: &SevenBit, data: &[u8], size: usize) -> Vec<u8> {
    let (mut out, mut writer) = (Vec::new(), plan.writer());
    data.chunks(size).for_each(|piece| writer.push(piece, &mut out));
    writer.finish(&mut out);
    out
}
