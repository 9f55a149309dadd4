//! The week as a picture.
use super::plan::Plan;
use super::tally::{Findings, Tally};
use std::fmt::Write as _;
use std::time::Duration;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 70.0;
const DAYS: u64 = 13;

/// One curve: its name, its colour, and its points by hour.
struct Curve {
    name: &'static str,
    colour: &'static str,
    points: Vec<(f64, f64)>,
}

/// Draws the findings.
pub(super) fn plot(plan: &Plan, tally: &Tally, findings: &Findings) -> String {
    let hour = |at: Duration| at.as_secs_f64() / 3_600.0;
    let samples = tally.samples();
    let waiting = |value: fn(&super::tally::Sample) -> u64| {
        samples.iter().step_by(3).map(|sample| (hour(sample.at), value(sample) as f64)).collect()
    };
    let delays: Vec<_> = (0..168)
        .map(|at| (f64::from(at), tally.delays(plan, super::HOUR * at, super::HOUR * (at + 1))))
        .filter(|(_, delays)| delays.count > 0)
        .collect();
    let opened = tally.opened_by_hour();
    let connections = |which: usize| {
        opened.iter().zip(0_u32..).map(|(opened, at)| (f64::from(at), f64::from(opened[which]))).collect()
    };
    let panels = [
        (
            "Messages that wait",
            vec![
                Curve { name: "all", colour: "#1f5fa8", points: waiting(|sample| sample.waiting) },
                Curve { name: "for the dead domain", colour: "#b3402a", points: waiting(|sample| sample.waiting_dead) },
            ],
        ),
        (
            "Seconds from the acceptance to the arrival, at destinations that are well",
            vec![
                Curve {
                    name: "99 of 100 within",
                    colour: "#b3402a",
                    points: delays.iter().map(|(at, delays)| (*at, delays.p99.as_secs_f64())).collect(),
                },
                Curve {
                    name: "half within",
                    colour: "#1f5fa8",
                    points: delays.iter().map(|(at, delays)| (*at, delays.p50.as_secs_f64())).collect(),
                },
            ],
        ),
        (
            "Connections in an hour",
            vec![
                Curve { name: "all", colour: "#1f5fa8", points: connections(0) },
                Curve { name: "to the dead domain", colour: "#b3402a", points: connections(1) },
            ],
        ),
    ];
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{} messages for {} destinations in a week, and five days more</text>\n",
        LEFT + WIDTH + 20.0,
        60.0 + 3.0 * (HEIGHT + 60.0),
        findings.messages,
        findings.destinations,
    );
    for (at, (title, curves)) in panels.iter().enumerate() {
        panel(&mut svg, 60.0 + at as f64 * (HEIGHT + 60.0), title, curves);
    }
    svg.push_str("</svg>\n");
    svg
}

/// One panel; its values are drawn by their logarithm.
fn panel(svg: &mut String, top: f64, title: &str, curves: &[Curve]) {
    let most = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(1.0, f64::max);
    let decades = most.log10().ceil().max(1.0);
    let x = |hour: f64| LEFT + hour / (DAYS as f64 * 24.0) * WIDTH;
    let y = |value: f64| top + HEIGHT - (value.max(0.1).log10() + 1.0) / (decades + 1.0) * HEIGHT;
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.0}\" font-weight=\"bold\">{title}</text>", top - 8.0);
    let mut value = 0.1;
    while value <= 10_f64.powf(decades) * 1.01 {
        let at = y(value);
        let _ = writeln!(svg, "<path d=\"M{LEFT} {at:.1}h{WIDTH}\" stroke=\"#ddd\"/>");
        let _ = writeln!(svg, "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>", LEFT - 6.0, at + 4.0);
        value *= 10.0;
        value = if value < 0.5 { value } else { value.round() };
    }
    for day in 0..=DAYS {
        let at = x(day as f64 * 24.0);
        let _ = writeln!(svg, "<path d=\"M{at:.1} {top:.1}v{HEIGHT}\" stroke=\"#eee\"/>");
        let _ =
            writeln!(svg, "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{day}</text>", top + HEIGHT + 15.0);
    }
    let mut name_at = LEFT + WIDTH;
    for curve in curves.iter().rev() {
        let mut path = String::new();
        for (hour, value) in &curve.points {
            let _ = write!(path, "{}{:.1} {:.1}", if path.is_empty() { "M" } else { "L" }, x(*hour), y(*value));
        }
        let colour = curve.colour;
        let _ = writeln!(svg, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"/>");
        let name = curve.name;
        let _ = writeln!(
            svg,
            "<text x=\"{name_at:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"{colour}\">{name}</text>",
            top - 8.0
        );
        name_at -= 8.0 * name.len() as f64;
    }
}
