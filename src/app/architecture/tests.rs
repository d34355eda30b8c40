use super::Architecture;
use super::diagram::{NAME, escaped, short};
use super::graph::{Entry, Facts, Graph};
use super::layout::{Area, Layout, Line, Point};
use super::prices::{Estimate, Item};
use crate::domain::{EnvironmentKind, PartState, TargetKind};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ENVIRONMENT: &str = "slf-car-rental-abcdefgh-ijklmnop";
const SET: &str = "slf-car-rental-abcdefgh";

fn entry(kind: &str, name: &str, observed: Value) -> Entry {
    Entry { kind: kind.into(), name: name.into(), state: PartState::Present, observed: Some(observed) }
}

/// As the ledger has it after the first build.
fn on_aws() -> Vec<Entry> {
    let arn = |service: &str, rest: &str| json!(format!("arn:aws:{service}:us-east-1:123456789012:{rest}"));
    let mut ledger = vec![
        entry("logGroup", &format!("/slipform/slipform/{SET}/builds"), Value::Null),
        entry("logGroup", &format!("/slipform/slipform/{ENVIRONMENT}/server"), Value::Null),
        entry(
            "accessPoint",
            "/apps/slf-car-rental-qrstuvwx",
            json!({ "id": "fsap-0", "arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0" }),
        ),
        entry("role", &format!("{SET}-functions"), json!("arn:aws:iam::123456789012:role/functions")),
        entry("role", &format!("{ENVIRONMENT}-server"), json!("arn:aws:iam::123456789012:role/server")),
        entry("role", &format!("{ENVIRONMENT}-start"), json!("arn:aws:iam::123456789012:role/start")),
        entry("secret", &format!("slipform/slipform/{ENVIRONMENT}"), arn("secretsmanager", "secret:slipform")),
        entry("targetGroup", ENVIRONMENT, arn("elasticloadbalancing", "targetgroup/a/b")),
        entry("listenerRule", ENVIRONMENT, Value::Null),
        entry("alarms", &format!("{ENVIRONMENT}-"), Value::Null),
        entry("bucket", &format!("{ENVIRONMENT}-123456789012"), Value::Null),
        entry("distribution", ENVIRONMENT, json!({ "id": "E1", "arn": "arn:aws:cloudfront::123456789012:distribution/E1", "domain": "d1.cloudfront.net" })),
        entry("record", "car-rental.apps.example.com", Value::Null),
        entry("database", "app_0199aa2e5a4b7cc18d5e3f1f6f0f8f11", json!({ "host": "db.internal" })),
        entry("databaseRole", "app_0199aa2e5a4b7cc18d5e3f1f6f0f8f11", json!({ "host": "db.internal" })),
        entry("service", ENVIRONMENT, json!({ "release": "r1", "server": "r1" })),
        entry("scaling", ENVIRONMENT, json!({})),
    ];
    for stage in ["frontend", "backend", "bundle", "database", "publish"] {
        ledger.push(entry("function", &format!("{SET}-{stage}"), arn("lambda", &format!("function:{SET}-{stage}:live"))));
    }
    ledger
}

fn on_this_machine() -> Vec<Entry> {
    let database = "app_0199aa2e5a4b7cc18d5e3f1f6f0f8f11";
    let mut ledger = vec![
        entry("folder", "/home/operator/.slipform/apps/0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f12/production", json!({})),
        entry("role", database, json!({})),
        entry("database", database, json!({})),
    ];
    ledger.push(Entry { kind: "user".into(), name: "200017".into(), state: PartState::Intended, observed: None });
    ledger
}

fn facts(target: TargetKind, ledger: Vec<Entry>) -> Facts {
    let process = (target == TargetKind::Local && !ledger.is_empty()).then_some((PartState::Running, None));
    let url = match target {
        TargetKind::Local => "http://car-rental.localhost:8480",
        TargetKind::Aws => "https://car-rental.apps.example.com",
    };
    Facts { target, kind: EnvironmentKind::Production, url: url.into(), deleting: false, live: true, process, ledger }
}

fn architecture(facts: &Facts) -> Architecture {
    let graph = Graph::new(facts);
    let estimate = Estimate::new(facts.target, &graph);
    Architecture { app: "Car rental".into(), environment: "production".into(), target: facts.target, url: facts.url.clone(), graph, estimate }
}

/// Every part but unknown ones is an end of a link.
fn unlinked(graph: &Graph) -> Vec<&str> {
    let linked: BTreeSet<usize> = graph.links.iter().flat_map(|link| [link.from, link.to]).collect();
    (0..graph.nodes.len()).filter(|node| !linked.contains(node)).map(|node| graph.nodes[node].id.as_str()).collect()
}

#[test]
fn every_thing_of_the_ledger_on_aws_is_a_linked_part_in_its_layer() {
    let ledger = on_aws();
    let graph = Graph::new(&facts(TargetKind::Aws, ledger.clone()));
    assert_eq!(graph.nodes.len(), ledger.len() + 2, "and the visitor and the address");
    assert_eq!(unlinked(&graph), Vec::<&str>::new());
    let layers: BTreeSet<&str> = graph.nodes.iter().map(|node| node.layer.as_str()).collect();
    assert_eq!(layers, ["visitor", "address", "edge", "application", "data", "pipeline", "observability"].into());
    let ids: BTreeSet<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids.len(), graph.nodes.len());
    let function = graph.nodes.iter().find(|node| node.kind == "function").unwrap();
    assert_eq!(function.arn.as_deref(), Some("arn:aws:lambda:us-east-1:123456789012:function:slf-car-rental-abcdefgh-frontend:live"));
    assert!(graph.links.iter().any(|link| graph.nodes[link.from].title == "Server" && graph.nodes[link.to].title == "Database role"));
}

#[test]
fn every_thing_of_the_ledger_on_this_machine_is_a_linked_part_and_no_path_of_it_is_told() {
    let graph = Graph::new(&facts(TargetKind::Local, on_this_machine()));
    assert_eq!(unlinked(&graph), Vec::<&str>::new());
    let told: Vec<(&str, &str)> = graph.nodes.iter().map(|node| (node.kind.as_str(), node.name.as_str())).collect();
    assert!(told.contains(&("folder", "apps/0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f12/production")), "{told:?}");
    assert!(told.contains(&("process", "server.mjs")) && told.contains(&("route", "car-rental.localhost:8480")), "{told:?}");
    assert!(!format!("{graph:?}").contains("operator"), "{graph:?}");
}

#[test]
fn where_nothing_was_made_there_is_the_address_alone() {
    for target in [TargetKind::Local, TargetKind::Aws] {
        let it = architecture(&Facts { live: false, ..facts(target, Vec::new()) });
        assert_eq!(it.graph.nodes.len(), 1);
        assert_eq!((it.graph.nodes[0].kind.as_str(), it.graph.nodes[0].state), ("address", Some(PartState::Intended)));
        assert!(it.graph.links.is_empty() && it.estimate.items.is_empty());
        is_tidy(&it.graph);
        is_xml(&it.diagram());
    }
}

#[test]
fn states_and_sharing_are_those_of_the_ledger() {
    let mut ledger = on_aws();
    for entry in &mut ledger {
        entry.state = if entry.kind == "bucket" { PartState::Intended } else { PartState::Deleting };
    }
    let graph = Graph::new(&Facts { kind: EnvironmentKind::Preview, deleting: true, ..facts(TargetKind::Aws, ledger) });
    let of = |kind: &str| graph.nodes.iter().find(|node| node.kind == kind).unwrap();
    assert_eq!(
        (of("bucket").state, of("service").state, of("address").state),
        (Some(PartState::Intended), Some(PartState::Deleting), Some(PartState::Deleting))
    );
    assert_eq!(of("accessPoint").shared_with, Some("all environments of the app"));
    assert_eq!(of("function").shared_with, Some("all previews of the app"));
    assert_eq!(of("service").shared_with, None);
}

#[test]
fn of_what_was_seen_only_arns_are_told() {
    let ledger = vec![entry("secret", "s", json!({ "arn": "hunter2", "password": "hunter2" })), entry("role", "x-server", json!("hunter2"))];
    let it = architecture(&facts(TargetKind::Aws, ledger));
    assert!(!format!("{it:?}{}", it.diagram()).contains("hunter2"));
}

#[test]
fn costs_add_up_and_name_what_they_assume() {
    let it = architecture(&facts(TargetKind::Aws, on_aws()));
    let sum = |items: &[Item]| format!("{:.2}", items.iter().map(Item::monthly).sum::<f64>());
    assert_eq!(sum(&it.estimate.items), format!("{:.2}", it.estimate.monthly()));
    assert_eq!(sum(&it.estimate.foundation), format!("{:.2}", it.estimate.foundation_monthly()));
    for item in it.estimate.items.iter().chain(&it.estimate.foundation) {
        assert!((item.unit_price() * item.quantity() - item.monthly()).abs() <= 0.005_001, "{item:?}");
        assert!(item.resource.as_ref().is_none_or(|id| it.graph.nodes.iter().any(|node| node.id == *id)), "{item:?}");
    }
    let assumption = |name: &str| it.estimate.assumptions.iter().find(|a| a.name == name).unwrap().value();
    assert_eq!((assumption("visitsPerMonth"), assumption("hoursPerMonth")), (10_000.0, 730.0));
    assert!((it.estimate.foundation_share() * assumption("appsOfTheFoundation") - it.estimate.foundation_monthly()).abs() <= 0.050_001);
    // A quarter of a processor and half a gigabyte for 730 hours, in the region of the ARNs.
    let task: Vec<f64> = it.estimate.items.iter().filter(|item| item.what.starts_with("Fargate")).map(Item::monthly).collect();
    assert_eq!((it.estimate.region, task), (Some("us-east-1"), vec![7.39, 1.62]));

    let local = architecture(&facts(TargetKind::Local, on_this_machine())).estimate;
    assert_eq!((local.monthly(), local.foundation_monthly(), local.items.len()), (0.0, 0.0, 0));
    assert!(local.assumptions[0].meaning.contains("beyond the machine"));
}

#[test]
fn diagrams_are_tidy() {
    for facts in [facts(TargetKind::Aws, on_aws()), facts(TargetKind::Local, on_this_machine())] {
        is_tidy(&Graph::new(&facts));
        is_xml(&architecture(&facts).diagram());
    }
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "</text><script>alert('1')</script>&\"\u{1}\u{0}\u{fffe}";
    let mut facts = facts(
        TargetKind::Aws,
        vec![entry("record", hostile, json!(format!("arn:{hostile}"))), entry(hostile, hostile, json!({ "arn": format!("arn:{hostile}") }))],
    );
    facts.url = hostile.into();
    let it = Architecture { app: hostile.into(), environment: hostile.into(), ..architecture(&facts) };
    let svg = it.diagram();
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
    is_xml(&svg);
    assert_eq!(escaped("a\u{1b}<b>\n"), "a\u{fffd}&lt;b&gt;\n");
}

#[test]
fn long_names_keep_both_ends() {
    assert_eq!(short("slf-car-rental", NAME), "slf-car-rental");
    assert_eq!(short("slf-car-rental-abcdefgh-ijklmnop-123456789012", NAME), "slf-car-ren…23456789012");
    assert!(short(&"車".repeat(100), NAME).chars().count() <= NAME / 2 + 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any part of a ledger, several times, with names of any length, and things that this version does not know.
    #[test]
    fn diagrams_of_anything_are_tidy(aws in any::<bool>(), picks in proptest::collection::vec((0..25_usize, ".{0,80}"), 0..60)) {
        let (target, all) = if aws { (TargetKind::Aws, on_aws()) } else { (TargetKind::Local, on_this_machine()) };
        let ledger = picks.into_iter().map(|(pick, more)| match all.get(pick) {
            Some(entry) if pick % 2 == 0 => Entry { name: format!("{more}{}", entry.name), ..entry.clone() },
            Some(entry) => entry.clone(),
            None => entry("novelty", &more, Value::Null),
        });
        let facts = facts(target, ledger.collect());
        is_tidy(&Graph::new(&facts));
        is_xml(&architecture(&facts).diagram());
    }
}

/// No two boxes overlap, everything is on the page, and no line goes through a box, another than its own ends, or a label.
fn is_tidy(graph: &Graph) {
    let layout = Layout::new(graph);
    let inside = |area: &Area| area.x >= 0 && area.y >= 0 && area.x + area.width <= layout.width && area.y + area.height <= layout.height;
    assert_eq!(layout.boxes.len(), graph.nodes.len());
    assert_eq!(layout.lines.len(), graph.links.len());
    for (i, one) in layout.boxes.iter().enumerate() {
        assert!(inside(one));
        assert!(layout.bands.iter().any(|band| band.layer == graph.nodes[i].layer && contains(&band.area, one)), "{one:?} stands in its band");
        for other in &layout.boxes[i + 1..] {
            assert!(!overlap(one, other, 8), "{one:?} {other:?}");
        }
    }
    for (i, band) in layout.bands.iter().enumerate() {
        assert!(inside(&band.area) && contains(&band.area, &band.label));
        assert!(layout.boxes.iter().all(|area| !overlap(area, &band.label, 0)));
        assert!(layout.bands[i + 1..].iter().all(|other| !overlap(&band.area, &other.area, 0) && other.layer != band.layer));
    }
    for line in &layout.lines {
        let ends = [line.link.from, line.link.to];
        assert!(touches(&layout.boxes[ends[0]], line.points[0]) && touches(&layout.boxes[ends[1]], *line.points.last().unwrap()), "{line:?}");
        for piece in pieces(line) {
            assert!(piece.width == 0 || piece.height == 0, "straight");
            assert!(inside(&piece));
            for (i, area) in layout.boxes.iter().enumerate() {
                // At its own ends it touches the border, and no more.
                let clear = if ends.contains(&i) { 0 } else { 3 };
                assert!(
                    !overlap(area, &piece, clear),
                    "the line from {} to {} crosses {}",
                    graph.nodes[ends[0]].id,
                    graph.nodes[ends[1]].id,
                    graph.nodes[i].id
                );
            }
            assert!(layout.bands.iter().all(|band| !overlap(&band.label, &piece, 0)), "a line crosses the name of a layer");
            assert!(piece.y >= 55, "a line crosses the title");
        }
    }
    // Lines that coincide lead to the same part for the same purpose.
    for (i, one) in layout.lines.iter().enumerate() {
        for other in layout.lines[i + 1..].iter().filter(|other| (other.link.to, other.link.purpose) != (one.link.to, one.link.purpose)) {
            for (a, b) in pieces(one).flat_map(|a| pieces(other).map(move |b| (a, b))) {
                let along = (a.height == 0 && b.height == 0 && a.y == b.y && overlap_of(a.x, a.width, b.x, b.width))
                    || (a.width == 0 && b.width == 0 && a.x == b.x && overlap_of(a.y, a.height, b.y, b.height));
                assert!(!along, "{one:?} {other:?}");
            }
        }
    }
}

fn pieces(line: &Line) -> impl Iterator<Item = Area> + '_ {
    let piece = |(a, b): (Point, Point)| Area { x: a.0.min(b.0), y: a.1.min(b.1), width: (a.0 - b.0).abs(), height: (a.1 - b.1).abs() };
    line.points.windows(2).map(move |pair| piece((pair[0], pair[1])))
}

fn overlap_of(a: i32, a_length: i32, b: i32, b_length: i32) -> bool {
    a < b + b_length && b < a + a_length
}

/// Whether they have more in common than a border, or are nearer than `clear`.
fn overlap(a: &Area, b: &Area, clear: i32) -> bool {
    a.x - clear < b.x + b.width && b.x < a.x + a.width + clear && a.y - clear < b.y + b.height && b.y < a.y + a.height + clear
}

fn contains(outer: &Area, inner: &Area) -> bool {
    outer.x <= inner.x && outer.y <= inner.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height
}

fn touches(area: &Area, (x, y): Point) -> bool {
    let (across, down) = ((area.x..=area.x + area.width).contains(&x), (area.y..=area.y + area.height).contains(&y));
    (across && (y == area.y || y == area.y + area.height)) || (down && (x == area.x || x == area.x + area.width))
}

/// A parser takes it, and there is one image with a title and a description.
fn is_xml(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
    let root = document.root_element();
    let names: Vec<_> = root.children().filter(roxmltree::Node::is_element).map(|child| child.tag_name().name()).take(2).collect();
    assert_eq!((root.tag_name().name(), root.attribute("role"), names), ("svg", Some("img"), vec!["title", "desc"]));
    assert!(document.descendants().all(|node| node.tag_name().name() != "script"));
}
