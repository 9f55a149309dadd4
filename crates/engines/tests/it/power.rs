//! The power goes: after every write, sync, rename and unlink of a history of a whole store, and at every frame of
//! SQLite's log. What was not synced is lost, torn and reordered; what was acknowledged is there, record for record.
mod recording;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use engines::{Disk, Embedded};
use store::{BlobHash, CheckDepth, Store};

use crate::history::{account, step};
use crate::simulated::{Cut, Dice, Replay, SimulatedDisk};
use crate::stage::{SMALL, fetch, in_memory};
use recording::{Recording, STEPS, dump, world};

/// States that are looked at where nobody asks for more.
const STATES: usize = 6_000;
const TORN: usize = 1_000;
const NAMES: usize = 1_000;
/// Says how many states are looked at by the first test; by the two others a quarter.
const MORE: &str = "GLASPOST_CRASH_STATES";
/// Which cut is made in a round.
type Cuts = fn(round: u64, salt: u64) -> Cut;
/// The header of the log, and of each of its frames, whose page has 4,096 bytes.
const HEADER: u64 = 32;
const FRAME: u64 = 24 + 4096;

/// One state that a power cut may leave.
struct State {
    /// Events of the engine's own files that had happened.
    events: usize,
    /// Steps that were acknowledged.
    acknowledged: usize,
    life: usize,
    /// Bytes of the log that were synced.
    synced: u64,
    /// Bytes of it that were written.
    written: u64,
    cut: Cut,
    log: LogCut,
}

/// What arrived of the frames that were written and not synced.
#[derive(Debug, Clone, Copy)]
enum LogCut {
    /// So many of them whole, and of the next one some sectors.
    First { frames: u64, torn: bool },
    /// Any of them, torn at 512 bytes.
    Some(u64),
}

/// Every state of the recording, in rounds: each round cuts each moment in another way.
fn states(recording: &Recording, cuts: Cuts, round: u64) -> Vec<State> {
    let mut states = Vec::new();
    for (at, (_, moment)) in recording.events.iter().enumerate().skip(recording.made) {
        let acknowledged = recording.acknowledged(at);
        let state = |synced, written, log, salt| State {
            events: at + 1,
            acknowledged: acknowledged + recording.steps_between(at, synced),
            life: moment.life,
            synced,
            written,
            cut: cuts(round, (at * 64 + salt) as u64),
            log,
        };
        states.push(state(moment.log, moment.log, LogCut::First { frames: 0, torn: false }, 0));
        for (synced, written) in recording.writes_after(at) {
            let frames = written.saturating_sub(synced) / FRAME;
            for frame in 0..=frames {
                let log = match round % 3 {
                    0 => LogCut::First { frames: frame, torn: false },
                    1 => LogCut::First { frames: frame, torn: true },
                    _ => LogCut::Some(round * 97 + frame),
                };
                states.push(state(synced, written, log, 1 + usize::try_from(frame).unwrap()));
            }
        }
    }
    states
}

/// The log as the cut leaves it.
fn cut_log(log: &[u8], state: &State) -> Vec<u8> {
    let at = |position: u64| usize::try_from(position).unwrap();
    let mut bytes = log[..at(state.synced)].to_vec();
    let written = &log[..at(state.written)];
    match state.log {
        LogCut::First { frames, torn } => {
            let begin = if state.synced == 0 { HEADER.min(state.written) } else { state.synced };
            let end = at((begin + frames * FRAME).min(state.written));
            bytes.extend_from_slice(&written[bytes.len().min(end)..end]);
            if torn {
                let next = &written[end..at((end as u64 + FRAME).min(state.written))];
                for (n, sector) in next.chunks(512).enumerate() {
                    // what did not arrive is old bytes, or zeros
                    let old = if n % 4 == 1 { 0 } else { 0xa5 };
                    bytes.extend(sector.iter().map(|byte| if n % 2 == 0 { *byte } else { old }));
                }
            }
        }
        LogCut::Some(seed) => {
            let mut dice = Dice::new(seed);
            for sector in written[bytes.len()..].chunks(512) {
                let arrives = dice.below(8) > 0;
                bytes.extend(sector.iter().map(|byte| if arrives { *byte } else { 0 }));
            }
        }
    }
    bytes
}

async fn look(recording: &Recording, state: &State, disk: SimulatedDisk, log: &[u8], seen: usize) {
    let context = || {
        format!(
            "after {} events and {} steps, {:?}, log {} to {} {:?}",
            state.events, state.acknowledged, state.cut, state.synced, state.written, state.log
        )
    };
    let directory = in_memory();
    let life = &recording.lives[state.life];
    std::fs::write(directory.path().join("mail.db"), &life.mail).unwrap();
    std::fs::write(directory.path().join("journal.db"), &life.journal).unwrap();
    std::fs::write(directory.path().join("mail.db-wal"), log).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(disk);
    let world = world(&recording.clock_at(state.acknowledged));
    let settings = engines::Settings { readers: 1, ..SMALL };
    let engine = Embedded::open_on(directory.path(), disk, world.clock.clone(), settings)
        .unwrap_or_else(|error| panic!("{}: {error}", context()));
    let store = Store::open(Arc::new(engine), world, store::Settings::default()).await.unwrap();
    let found = dump(&store).await;
    assert!(recording.allows(state.acknowledged, &found), "{}: something else is there", context());
    let engine = store.engine();
    let all = engine.blobs().page(None, 1_000).await.unwrap();
    let reads = all.iter().map(|entry| fetch(engine.blobs(), entry.hash));
    for (entry, bytes) in all.iter().zip(futures_util::future::join_all(reads).await) {
        let whole = matches!(&bytes, Ok(Some(bytes)) if BlobHash::of(bytes) == entry.hash);
        assert!(whole, "{}: {}: {:?}", context(), entry.hash, bytes.map(drop));
    }
    if seen.is_multiple_of(10) {
        // and it goes on
        let account = account(&store, 0).await;
        for n in 0..3 {
            step(&store, &account, 1_000 + n).await;
        }
        let report = store.check(CheckDepth::Bytes).await.unwrap();
        assert!(report.is_clean(), "{}, going on: {:#?}", context(), report.faults);
    }
    engine.shutdown().await;
}

/// Looks at the states of one round that fall to this worker, until enough are seen.
fn work(
    recording: &Recording,
    cuts: Cuts,
    (me, workers): (usize, usize),
    wanted: usize,
    seen: &Mutex<HashSet<blake3::Hash>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for round in 0.. {
        let mut replay = Replay::new();
        let mut played = 0;
        for (n, state) in states(recording, cuts, round).into_iter().enumerate() {
            for (event, _) in &recording.events[played..state.events] {
                replay.play(event);
            }
            played = state.events;
            if n % workers != me {
                continue;
            }
            let log = cut_log(&recording.lives[state.life].log, &state);
            let disk = replay.cut(state.cut);
            let mut print = blake3::Hasher::new();
            print.update(&state.life.to_be_bytes()).update(&log);
            disk.fingerprint(&mut print);
            let count = {
                let mut seen = seen.lock().unwrap();
                if !seen.insert(print.finalize()) {
                    continue;
                }
                seen.len()
            };
            if count > wanted {
                return;
            }
            runtime.block_on(look(recording, &state, disk, &log, count));
        }
    }
}

/// Records a history and looks at so many states that a power cut may leave of it.
fn look_at(wanted: usize, cuts: Cuts) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let recording = runtime.block_on(Recording::of_a_history());
    assert_eq!(recording.acknowledged(recording.events.len()), STEPS);
    assert!(recording.events.len() > 300, "{} events", recording.events.len());
    let seen = Mutex::new(HashSet::new());
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for me in 0..workers {
            let (recording, seen) = (&recording, &seen);
            scope.spawn(move || work(recording, cuts, (me, workers), wanted, seen));
        }
    });
    let seen = seen.into_inner().unwrap().len();
    println!("{} events, {STEPS} steps, {} lives: {seen} states", recording.events.len(), recording.lives.len());
    assert!(seen >= wanted);
}

fn wanted() -> Option<usize> {
    std::env::var(MORE).ok().map(|states| states.parse().unwrap())
}

#[test]
fn r02_a_power_cut_at_any_moment_of_a_whole_stores_history_loses_nothing_acknowledged() {
    look_at(wanted().unwrap_or(STATES), |round, salt| match round {
        0 => Cut::Nothing,
        1 => Cut::All,
        _ => Cut::Some(round.wrapping_mul(1_000_003) + salt),
    });
}

#[test]
fn r03_a_write_torn_at_any_sector_is_found_and_never_taken_for_whole() {
    look_at(wanted().map_or(TORN, |states| states / 4), |round, salt| Cut::Torn((round + 1) * 1_000_003 + salt));
}

#[test]
fn r10_a_name_that_was_not_synced_is_no_name_that_a_record_stands_on() {
    look_at(wanted().map_or(NAMES, |states| states / 4), |round, salt| Cut::Names((round + 1) * 1_000_003 + salt));
}
