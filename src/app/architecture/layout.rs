//! Where everything of a diagram stands. Layers are bands from top to bottom, their parts stand in columns that all bands share, and
//! lines run in the gaps between rows and in the corridors between columns only: no line can cross a box or a label.
//! Lines that lead to the same part for the same purpose join.

use super::graph::{Graph, Link};
use crate::domain::Layer;
use std::collections::{BTreeMap, BTreeSet};

/// Width of a box.
pub const WIDTH: i32 = 168;
/// Height of a box.
pub const HEIGHT: i32 = 62;
/// Most boxes in a row.
const COLUMNS: usize = 6;
/// Where the first corridor begins; the names of layers stand left of it.
const LEFT: i32 = 118;
/// Where the first gap begins; the title stands above.
const TOP: i32 = 58;
/// Space around everything.
const MARGIN: i32 = 16;
/// The least width of a corridor and height of a gap.
const LEAST: i32 = 34;
/// Between two lines side by side.
const STEP: i32 = 8;
/// Between a box and the nearest line beside it: an arrowhead fits.
const CLEAR: i32 = 15;
/// Between two ends of lines on one side of a box.
const PORT: i32 = 14;
/// Ends stand on a grid, and those at the bottom of boxes between those at the top, so that two that meet in a gap never coincide.
const GRID: i32 = 6;
/// How far a band reaches beyond its boxes.
const BAND: i32 = 9;

/// A point, in pixels from the upper left corner.
pub type Point = (i32, i32);

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// The band of a layer; its name stands in the left part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Band {
    pub layer: Layer,
    pub area: Area,
    pub label: Area,
}

/// The line of a link, corner by corner.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Line {
    pub link: Link,
    pub points: Vec<Point>,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Layout {
    pub width: i32,
    pub height: i32,
    /// One a node, in their order.
    pub boxes: Vec<Area>,
    pub bands: Vec<Band>,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

/// The row and the column of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    row: usize,
    column: usize,
}

/// Gap `n` is the one above row `n`, corridor `n` the one left of column `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Straight from side to side: nothing stands between.
    Beside,
    /// Through one gap.
    Gap(usize),
    /// Through a gap, a corridor, and another gap.
    Around { first: usize, corridor: usize, last: usize },
}

/// Lines to one part for one purpose from one row.
#[derive(Debug, Clone)]
struct Bundle {
    links: Vec<Link>,
    way: Way,
    /// On which side of its sources it begins, and on which of its target it ends.
    leaves: Side,
    enters: Side,
}

impl Layout {
    /// Of a graph.
    pub fn new(graph: &Graph) -> Self {
        let (slots, layers) = place(graph);
        let (rows, columns) = (layers.len(), slots.iter().map(|slot| slot.column + 1).max().unwrap_or(1));
        let bundles = bundles(graph, &slots, columns);

        let corridors = Lanes::new(
            columns + 1,
            bundles.iter().enumerate().filter_map(|(b, bundle)| match bundle.way {
                Way::Around { first, corridor, last } => Some((b, corridor, (first.min(last), first.max(last)))),
                _ => None,
            }),
        );
        let (lefts, right) = corridors.spread(LEFT, WIDTH);
        let mid = |node: usize| lefts[slots[node].column] + corridors.size(slots[node].column) + WIDTH / 2;
        let corridor_x = |b: usize, corridor: usize| corridors.at(b, corridor, lefts[corridor]);

        let ports = ports(&bundles, &mid, &corridor_x);
        let spans = bundles.iter().enumerate().flat_map(|(b, bundle)| spans(b, bundle, &ports, &corridor_x, &mid));
        let gaps = Lanes::new(rows + 1, spans);
        let (tops, bottom) = gaps.spread(TOP, HEIGHT);

        let area =
            |slot: &Slot| Area { x: lefts[slot.column] + corridors.size(slot.column), y: tops[slot.row] + gaps.size(slot.row), width: WIDTH, height: HEIGHT };
        let boxes: Vec<Area> = slots.iter().map(area).collect();
        let gap_y = |b: usize, gap: usize| gaps.at(b, gap, tops[gap]);
        let mut lines = Vec::new();
        for (b, bundle) in bundles.iter().enumerate() {
            for &link in &bundle.links {
                let end = |node: usize, side: Side| boxes[node].on(side, ports[&(node, side, b)]);
                let (start, end) = (end(link.from, bundle.leaves), end(link.to, bundle.enters));
                let points = match bundle.way {
                    Way::Beside => vec![start, end],
                    Way::Gap(_) if start.0 == end.0 => vec![start, end],
                    Way::Gap(gap) => vec![start, (start.0, gap_y(b, gap)), (end.0, gap_y(b, gap)), end],
                    Way::Around { first, corridor, last } => {
                        let (x, y1, y2) = (corridor_x(b, corridor), gap_y(b, first), gap_y(b, last));
                        vec![start, (start.0, y1), (x, y1), (x, y2), (end.0, y2), end]
                    }
                };
                lines.push(Line { link, points });
            }
        }
        Self { width: right + MARGIN, height: bottom + MARGIN, bands: bands(&layers, &tops, &gaps, right), boxes, lines }
    }
}

impl Area {
    /// A point on a side, `offset` from its middle.
    fn on(&self, side: Side, offset: i32) -> Point {
        let (x, y) = (self.x + self.width / 2 + offset, self.y + self.height / 2 + offset);
        match side {
            Side::Top => (x, self.y),
            Side::Bottom => (x, self.y + self.height),
            Side::Left => (self.x, y),
            Side::Right => (self.x + self.width, y),
        }
    }
}

/// The slot of every node, and the layer of every row. Nodes are in the order of their layers.
fn place(graph: &Graph) -> (Vec<Slot>, Vec<Layer>) {
    let (mut slots, mut layers): (Vec<Slot>, Vec<Layer>) = (Vec::new(), Vec::new());
    let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
    for node in &graph.nodes {
        let wanted = node.part.column();
        let free = |row: usize| (wanted..COLUMNS).chain((0..wanted).rev()).find(|column| !taken.contains(&(row, *column)));
        let mut own = (0..layers.len()).filter(|row| layers[*row] == node.layer);
        let found = own.find_map(|row| free(row).map(|column| Slot { row, column }));
        let slot = found.unwrap_or_else(|| {
            layers.push(node.layer);
            Slot { row: layers.len() - 1, column: wanted }
        });
        taken.insert((slot.row, slot.column));
        slots.push(slot);
    }
    // Columns in which nothing stands are left out.
    let used: BTreeSet<usize> = slots.iter().map(|slot| slot.column).collect();
    for slot in &mut slots {
        slot.column = used.range(..slot.column).count();
    }
    (slots, layers)
}

/// Links that lead from one row to one part for one purpose, joined, and the way of each.
fn bundles(graph: &Graph, slots: &[Slot], columns: usize) -> Vec<Bundle> {
    let mut grouped: BTreeMap<(usize, &str, usize), Vec<Link>> = BTreeMap::new();
    for link in &graph.links {
        grouped.entry((link.to, link.purpose, slots[link.from].row)).or_default().push(*link);
    }
    let mut sides: BTreeSet<(usize, Side)> = BTreeSet::new();
    let mut usage = vec![0; columns + 1];
    let mut bundles = Vec::new();
    for ((to, _, row), links) in grouped {
        let (target, source) = (slots[to], slots[links[0].from]);
        let between = |slot: &Slot| slot.row == row && (slot.column > source.column.min(target.column)) && (slot.column < source.column.max(target.column));
        if target.row == row && links.len() == 1 && !slots.iter().any(between) {
            let (leaves, enters) = if source.column < target.column { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
            if !sides.contains(&(links[0].from, leaves)) && !sides.contains(&(to, enters)) {
                sides.extend([(links[0].from, leaves), (to, enters)]);
                bundles.push(Bundle { links, way: Way::Beside, leaves, enters });
                continue;
            }
        }
        let (leaves, enters, first, last) = match target.row.cmp(&row) {
            std::cmp::Ordering::Greater => (Side::Bottom, Side::Top, row + 1, target.row),
            std::cmp::Ordering::Less => (Side::Top, Side::Bottom, row, target.row + 1),
            std::cmp::Ordering::Equal => (Side::Bottom, Side::Bottom, row + 1, row + 1),
        };
        let way = if first == last { Way::Gap(first) } else { Way::Around { first, corridor: corridor(source, target, &mut usage), last } };
        bundles.push(Bundle { links, way, leaves, enters });
    }
    bundles
}

/// The corridor with the shortest way; among equals the emptiest.
fn corridor(source: Slot, target: Slot, usage: &mut [usize]) -> usize {
    let detour = |corridor: usize| (2 * corridor).abs_diff(2 * source.column + 1) + (2 * corridor).abs_diff(2 * target.column + 1);
    let best = (0..usage.len()).min_by_key(|&corridor| (detour(corridor), usage[corridor])).unwrap_or_default();
    usage[best] += 1;
    best
}

/// How far from the middle of a side each bundle begins or ends: ordered by where it goes, so that few cross.
fn ports(bundles: &[Bundle], mid: &impl Fn(usize) -> i32, corridor_x: &impl Fn(usize, usize) -> i32) -> BTreeMap<(usize, Side, usize), i32> {
    let mut ends: BTreeMap<(usize, Side), BTreeMap<usize, i32>> = BTreeMap::new();
    for (b, bundle) in bundles.iter().enumerate() {
        let to = bundle.links[0].to;
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        for link in &bundle.links {
            let goes = match bundle.way {
                Way::Around { corridor, .. } => corridor_x(b, corridor),
                _ => mid(to),
            };
            ends.entry((link.from, bundle.leaves)).or_default().insert(b, goes);
            (least, most) = (least.min(mid(link.from)), most.max(mid(link.from)));
        }
        let comes = match bundle.way {
            Way::Around { corridor, .. } => corridor_x(b, corridor),
            _ => i32::midpoint(least, most),
        };
        ends.entry((to, bundle.enters)).or_default().insert(b, comes);
    }
    let mut ports = BTreeMap::new();
    for ((node, side), bundles_here) in &ends {
        let mut order: Vec<_> = bundles_here.iter().map(|(b, x)| (*x, *b)).collect();
        order.sort_unstable();
        let count = i32::try_from(order.len()).unwrap_or(i32::MAX);
        let step = PORT.min((WIDTH - PORT) / count.max(1));
        let shift = if *side == Side::Bottom { GRID / 2 } else { 0 };
        for (i, (_, b)) in (0..).zip(order) {
            let even = (2 * i - (count - 1)) * step / 2;
            ports.insert((*node, *side, b), even.div_euclid(GRID) * GRID + shift);
        }
    }
    // A line between two boxes above each other is straight: the grid of its beginning is free at its end.
    for (b, bundle) in bundles.iter().enumerate() {
        let (from, to) = ((bundle.links[0].from, bundle.leaves), (bundle.links[0].to, bundle.enters));
        if bundle.links.len() == 1 && matches!(bundle.way, Way::Gap(_)) && mid(from.0) == mid(to.0) {
            let alone = ends[&from].len() == 1 && ends[&to].len() == 1;
            let offset = if alone { 0 } else { ports[&(from.0, from.1, b)] };
            ports.insert((from.0, from.1, b), offset);
            ports.insert((to.0, to.1, b), offset);
        }
    }
    ports
}

/// From where to where a bundle runs in each gap.
fn spans(
    b: usize,
    bundle: &Bundle,
    ports: &BTreeMap<(usize, Side, usize), i32>,
    corridor_x: &impl Fn(usize, usize) -> i32,
    mid: &impl Fn(usize) -> i32,
) -> Vec<(usize, usize, (i32, i32))> {
    let to = bundle.links[0].to;
    let end = mid(to) + ports[&(to, bundle.enters, b)];
    let starts: Vec<i32> = bundle.links.iter().map(|link| mid(link.from) + ports[&(link.from, bundle.leaves, b)]).collect();
    let around = |x: i32, others: &[i32]| others.iter().fold((x, x), |(least, most), other| (least.min(*other), most.max(*other)));
    match bundle.way {
        Way::Beside => Vec::new(),
        Way::Gap(_) if starts == [end] => Vec::new(),
        Way::Gap(gap) => vec![(b, gap, around(end, &starts))],
        Way::Around { first, corridor, last } => {
            let x = corridor_x(b, corridor);
            vec![(b, first, around(x, &starts)), (b, last, around(x, &[end]))]
        }
    }
}

fn bands(layers: &[Layer], tops: &[i32], gaps: &Lanes, right: i32) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for (row, layer) in layers.iter().enumerate() {
        let y = tops[row] + gaps.size(row) - BAND;
        let bottom = y + HEIGHT + 2 * BAND;
        match bands.last_mut() {
            Some(band) if band.layer == *layer => band.area.height = bottom - band.area.y,
            _ => bands.push(Band {
                layer: *layer,
                area: Area { x: MARGIN, y, width: right - MARGIN, height: bottom - y },
                label: Area { x: MARGIN, y, width: LEFT - MARGIN, height: bottom - y },
            }),
        }
    }
    bands
}

/// Parallel lines in gaps or corridors: two that overlap get lanes of their own.
struct Lanes {
    /// By place: how many lanes it has.
    counts: Vec<i32>,
    /// By bundle and place.
    lanes: BTreeMap<(usize, usize), i32>,
}

impl Lanes {
    /// `wanted`: bundle, place, from where to where.
    fn new<T: Ord + Copy>(places: usize, wanted: impl Iterator<Item = (usize, usize, (T, T))>) -> Self {
        let mut spans: Vec<Vec<((T, T), usize)>> = vec![Vec::new(); places];
        for (b, place, span) in wanted {
            spans[place].push((span, b));
        }
        let (mut counts, mut lanes) = (Vec::new(), BTreeMap::new());
        for (place, mut here) in spans.into_iter().enumerate() {
            here.sort_unstable();
            // By lane: where its last line ends.
            let mut ends: Vec<T> = Vec::new();
            for ((from, to), b) in here {
                let lane = ends.iter().position(|end| *end < from).unwrap_or(ends.len());
                if lane == ends.len() {
                    ends.push(to);
                } else {
                    ends[lane] = to;
                }
                lanes.insert((b, place), i32::try_from(lane).unwrap_or(i32::MAX));
            }
            counts.push(i32::try_from(ends.len()).unwrap_or(i32::MAX));
        }
        Self { counts, lanes }
    }

    fn used(&self, place: usize) -> i32 {
        (self.counts[place] - 1).max(0) * STEP
    }

    fn size(&self, place: usize) -> i32 {
        (2 * CLEAR + self.used(place)).max(LEAST)
    }

    /// Where a bundle runs in a place that begins at `start`.
    fn at(&self, b: usize, place: usize, start: i32) -> i32 {
        start + (self.size(place) - self.used(place)) / 2 + self.lanes[&(b, place)] * STEP
    }

    /// Where every place begins, with something of the size `between` after each but the last, and where the last one ends.
    fn spread(&self, start: i32, between: i32) -> (Vec<i32>, i32) {
        let mut starts = Vec::new();
        let mut next = start;
        for place in 0..self.counts.len() {
            starts.push(next);
            next += self.size(place) + between;
        }
        (starts, next - between)
    }
}
