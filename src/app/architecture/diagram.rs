//! The diagram of an environment, as SVG 1.1: readable without its colours, in light and in dark, and for those who have it read to them.

use super::Architecture;
use super::graph::Node;
use super::layout::{Area, Band, Layout, Line};
use super::prices;
use crate::domain::{Layer, PartState, TargetKind};
use std::fmt::Write as _;

/// How many letters of a name fit into a box.
pub(super) const NAME: usize = 24;
/// The width of a letter of the title at the top.
const LETTER: usize = 10;
/// The line below the title fits into this width.
const NARROWEST: i32 = 740;

/// Nothing in it comes from outside.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:#1b2330}
.page{fill:#ffffff}.band{fill:#f4f6f9}.box{fill:#ffffff;stroke:#b6c0cd;stroke-width:1}
.meant .box{stroke-dasharray:4 3}.head{font-size:18px;font-weight:650}.sub{font-size:12px;fill:#566275}
.layer{font-size:11.5px;font-weight:600;fill:#566275}.title{font-size:12.5px;font-weight:600}
.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:10px;fill:#566275}
.state{font-size:10.5px;fill:#364152}.line{fill:none;stroke:#7d8a9b;stroke-width:1.3;stroke-linejoin:round}.tip{fill:#7d8a9b}
.line:hover{stroke:#1b2330;stroke-width:2}
.good{fill:#1a7f4b}.wait{fill:#b26a00}.bad{fill:#c0322b}.none{fill:#7d8a9b}
@media (prefers-color-scheme:dark){text{fill:#e8ecf2}.page{fill:#12161d}.band{fill:#1a2029}.box{fill:#232b37;stroke:#4a5668}
.sub,.layer,.name{fill:#a3afbf}.state{fill:#cfd7e2}.line{stroke:#8492a6}.tip{fill:#8492a6}.line:hover{stroke:#ffffff}
.good{fill:#4cc38a}.wait{fill:#f0a848}.bad{fill:#ff7a72}.none{fill:#8492a6}}";

/// Draws it.
pub(super) fn draw(it: &Architecture) -> String {
    let layout = Layout::new(&it.graph);
    let heading = format!("{} · {}", it.app, it.environment);
    let place = match it.target {
        TargetKind::Local => "on this machine",
        TargetKind::Aws => "on AWS",
    };
    let (count, cost) = (it.graph.nodes.iter().filter(|node| node.state.is_some()).count(), cost(it));
    let sub = format!("{} {place} · {cost}", if count == 1 { "1 part".to_owned() } else { format!("{count} parts") });
    // A narrow diagram is widened for its title.
    let width = layout.width.max(NARROWEST);
    let letters = usize::try_from(width).unwrap_or_default() / LETTER - 4;
    let mut svg = String::new();
    let (height, all) = (layout.height, description(it));
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"title description\">\n<title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
         <path class=\"tip\" d=\"M0 0.5L8 4L0 7.5Z\"/></marker></defs>\n<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n",
        escaped(&format!("Architecture of {heading}")),
        escaped(&all),
    );
    text(&mut svg, "head", (16, 32), &short(&heading, letters));
    text(&mut svg, "sub", (16, 51), &sub);
    for band in &layout.bands {
        draw_band(&mut svg, band, width - layout.width);
    }
    for line in &layout.lines {
        draw_line(&mut svg, it, line);
    }
    for (node, area) in it.graph.nodes.iter().zip(&layout.boxes) {
        draw_node(&mut svg, node, area);
    }
    svg.push_str("</svg>\n");
    svg
}

fn cost(it: &Architecture) -> String {
    match it.target {
        TargetKind::Local => "no cost beyond the machine".to_owned(),
        TargetKind::Aws => {
            let (own, share) = (it.estimate.monthly(), it.estimate.foundation_share());
            format!("about ${own:.2} a month, and ${share:.2} as a share of what all apps use (list prices of {})", prices::DATE)
        }
    }
}

/// Everything that the picture shows, in sentences.
fn description(it: &Architecture) -> String {
    let mut all = format!("{} is the address. ", it.url);
    for node in &it.graph.nodes {
        if let Some(state) = node.state {
            let _ = write!(all, "{} {}: {}. ", node.title, node.name, word(state));
        }
    }
    for link in &it.graph.links {
        let (from, to) = (&it.graph.nodes[link.from], &it.graph.nodes[link.to]);
        let _ = write!(all, "{} {} {}. ", from.title, link.purpose, to.title);
    }
    all.trim_end().to_owned()
}

fn draw_band(svg: &mut String, band: &Band, more: i32) {
    let Area { x, y, width, height } = band.area;
    let _ = writeln!(svg, "<rect class=\"band\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{height}\" rx=\"8\"/>", width + more);
    let lines = layer_name(band.layer);
    let first = y + height / 2 + 4 - 7 * (i32::try_from(lines.len()).unwrap_or(1) - 1);
    for (line, words) in (0..).zip(lines) {
        text(svg, "layer", (band.label.x + 10, first + 14 * line), words);
    }
}

fn layer_name(layer: Layer) -> &'static [&'static str] {
    match layer {
        Layer::Visitor => &["Visitors"],
        Layer::Address => &["Address"],
        Layer::Edge => &["Edge"],
        Layer::Application => &["Interface", "and server"],
        Layer::Data => &["Database", "and files"],
        Layer::Pipeline => &["Functions of", "the pipeline"],
        Layer::Observability => &["Logs", "and alarms"],
        Layer::Other => &["Other"],
    }
}

fn draw_line(svg: &mut String, it: &Architecture, line: &Line) {
    let corners: Vec<String> = line.points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let (from, to) = (&it.graph.nodes[line.link.from], &it.graph.nodes[line.link.to]);
    let words = escaped(&format!("{} {} {}", from.title, line.link.purpose, to.title));
    let _ = writeln!(svg, "<polyline class=\"line\" marker-end=\"url(#tip)\" points=\"{}\"><title>{words}</title></polyline>", corners.join(" "));
}

fn draw_node(svg: &mut String, node: &Node, area: &Area) {
    let Area { x, y, width, height } = *area;
    let meant = if node.state == Some(PartState::Intended) { " class=\"meant\"" } else { "" };
    let mut hint = format!("{}: {}", node.title, node.name);
    for more in [&node.arn, &node.message, &node.shared_with.map(|who| format!("shared with {who}"))].into_iter().flatten() {
        let _ = write!(hint, "\n{more}");
    }
    let _ =
        writeln!(svg, "<g{meant}><title>{}</title><rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>", escaped(&hint));
    text(svg, "title", (x + 11, y + 20), node.title);
    text(svg, "name", (x + 11, y + 35), &short(&node.name, NAME));
    if let Some(state) = node.state {
        svg.push_str(&sign(state, x + 16, y + 49));
        let shared = if node.shared_with.is_some() { ", shared" } else { "" };
        text(svg, "state", (x + 27, y + 53), &format!("{}{shared}", word(state)));
    }
    svg.push_str("</g>\n");
}

/// The state as a shape, around a middle.
fn sign(state: PartState, x: i32, y: i32) -> String {
    let (class, path) = match state {
        PartState::Present => ("good", format!("M{} {y}l3 3.5l6 -7l1.6 1.4l-7.5 9l-4.8 -5.5Z", x - 5)),
        PartState::Running => ("good", format!("M{} {}l10 5l-10 5Z", x - 5, y - 5)),
        PartState::Starting => ("wait", format!("M{} {}h10l-4 5l4 5h-10l4 -5Z", x - 5, y - 5)),
        PartState::Intended => ("wait", format!("M{x} {}a5 5 0 1 1 -0.1 0ZM{x} {}a3.2 3.2 0 1 0 0.1 0Z", y - 5, y - 3)),
        PartState::Deleting => {
            ("bad", format!("M{} {}l3.7 3.7l3.7 -3.7l1.5 1.5l-3.7 3.7l3.7 3.7l-1.5 1.5l-3.7 -3.7l-3.7 3.7l-1.5 -1.5l3.7 -3.7l-3.7 -3.7Z", x - 4, y - 5))
        }
        PartState::Failed => ("bad", format!("M{x} {}l5.5 10h-11ZM{} {}h1.6v3.4h-1.6ZM{} {}h1.6v1.5h-1.6Z", y - 5, x - 1, y - 2, x - 1, y + 2)),
        PartState::Absent => ("none", format!("M{} {}h10v2h-10Z", x - 5, y - 1)),
    };
    format!("<path class=\"{class}\" fill-rule=\"evenodd\" d=\"{path}\"/>")
}

/// The state in words.
fn word(state: PartState) -> &'static str {
    match state {
        PartState::Intended => "not made yet",
        PartState::Present => "present",
        PartState::Deleting => "being removed",
        PartState::Absent => "not running",
        PartState::Starting => "starting",
        PartState::Running => "running",
        PartState::Failed => "failed",
    }
}

fn text(svg: &mut String, class: &str, at: (i32, i32), words: &str) {
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", at.0, at.1, escaped(words));
}

/// At most so many letters: the middle is left out, because names differ at their ends. Letters of wide scripts count twice.
pub(super) fn short(text: &str, most: usize) -> String {
    let width = |letter: char| if letter.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let fitting = |letters: &mut dyn Iterator<Item = char>| {
        let mut used = 0;
        letters
            .take_while(|letter| {
                used += width(*letter);
                used <= half
            })
            .collect::<Vec<char>>()
    };
    let (begin, end) = (fitting(&mut text.chars()), fitting(&mut text.chars().rev()));
    begin.into_iter().chain(['…']).chain(end.into_iter().rev()).collect()
}

/// As text or an attribute of XML 1.0, which knows no other control characters than these three (section 2.2).
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}
