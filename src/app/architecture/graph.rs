//! What an environment consists of, as a graph: its parts, each in its layer, and the links between them. No I/O.

use crate::domain::{EnvironmentKind, Layer, PartState, TargetKind};
use serde_json::Value;

/// One thing of the ledger.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Entry {
    pub kind: String,
    pub name: String,
    pub state: PartState,
    /// What was seen of it: an ARN, or an object with ids.
    pub observed: Option<Value>,
}

/// What is known of an environment.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Facts {
    pub target: TargetKind,
    pub kind: EnvironmentKind,
    pub url: String,
    pub deleting: bool,
    /// Whether a release is live.
    pub live: bool,
    /// What the host says of its process, and why it failed.
    pub process: Option<(PartState, Option<String>)>,
    pub ledger: Vec<Entry>,
}

/// A part of an environment.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Node {
    /// Kind and name; unique in its graph.
    pub id: String,
    /// `visitor`, `address`, `route`, `process`, or the ledger's kind.
    pub kind: String,
    /// What people call it.
    pub title: &'static str,
    pub name: String,
    pub layer: Layer,
    /// `None`: it is nothing that Slipform makes.
    pub state: Option<PartState>,
    /// Why it failed.
    pub message: Option<String>,
    pub arn: Option<String>,
    /// Who else uses it.
    pub shared_with: Option<&'static str>,
    pub(super) part: Part,
}

/// One part needs or reaches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Link {
    /// Index of a node.
    pub from: usize,
    /// Index of a node.
    pub to: usize,
    /// What it is for.
    pub purpose: &'static str,
}

/// The parts of an environment and their links.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Graph {
    /// In the order of their layers.
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
}

macro_rules! parts {
    ($($part:ident: $layer:ident $column:literal $title:literal;)*) => {
        /// The role that a node plays.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Part { $($part),* }

        impl Part {
            fn layer(self) -> Layer {
                match self { $(Self::$part => Layer::$layer),* }
            }

            /// Where it stands in its layer when nothing is in the way: chosen so that what is linked is near.
            pub(super) fn column(self) -> usize {
                match self { $(Self::$part => $column),* }
            }

            fn title(self) -> &'static str {
                match self { $(Self::$part => $title),* }
            }
        }
    };
}

parts! {
    Visitor: Visitor 1 "Visitors";
    Address: Address 1 "Address";
    Record: Address 2 "DNS record";
    Route: Edge 1 "Route of the edge";
    Distribution: Edge 2 "CDN distribution";
    ListenerRule: Edge 3 "Load balancer rule";
    TargetGroup: Edge 4 "Target group";
    Bucket: Application 1 "Interface";
    TaskRole: Application 2 "Role of the server";
    StartRole: Application 3 "Role at the start";
    Service: Application 4 "Server";
    Process: Application 4 "Server process";
    Scaling: Application 5 "Autoscaling";
    User: Application 5 "User of the process";
    Folder: Data 1 "Code and releases";
    AccessPoint: Data 2 "Code and releases";
    Secret: Data 3 "Secret";
    DatabaseRole: Data 4 "Database role";
    Database: Data 5 "Database";
    Frontend: Pipeline 0 "Frontend stage";
    Backend: Pipeline 1 "Backend stage";
    Bundle: Pipeline 2 "Bundle stage";
    Migration: Pipeline 3 "Database stage";
    Publish: Pipeline 4 "Publish stage";
    FunctionRole: Pipeline 5 "Role of the stages";
    BuildLogs: Observability 2 "Log of the stages";
    ServerLogs: Observability 4 "Log of the server";
    Alarms: Observability 5 "Alarms";
    Other: Other 0 "Another part";
}

/// What is linked with what, wherever both are there.
const LINKS: &[(Part, Part, &str)] = &[
    (Part::Visitor, Part::Address, "opens"),
    (Part::Address, Part::Record, "is resolved by"),
    (Part::Record, Part::Distribution, "points to"),
    (Part::Distribution, Part::Bucket, "gets everything but /api/ from"),
    (Part::Distribution, Part::ListenerRule, "passes /api/ to"),
    (Part::ListenerRule, Part::TargetGroup, "forwards to"),
    (Part::TargetGroup, Part::Service, "balances between the tasks of"),
    (Part::TargetGroup, Part::Alarms, "is watched by"),
    (Part::Scaling, Part::Service, "sets the number of tasks of"),
    (Part::Service, Part::TaskRole, "acts as"),
    (Part::Service, Part::StartRole, "is started as"),
    (Part::Service, Part::DatabaseRole, "signs in as"),
    (Part::Service, Part::ServerLogs, "writes to"),
    (Part::TaskRole, Part::AccessPoint, "reads the release from"),
    (Part::StartRole, Part::Secret, "reads"),
    (Part::StartRole, Part::ServerLogs, "opens"),
    (Part::DatabaseRole, Part::Database, "owns"),
    (Part::Frontend, Part::Bundle, "precedes"),
    (Part::Backend, Part::Bundle, "precedes"),
    (Part::Bundle, Part::Migration, "precedes"),
    (Part::Migration, Part::Publish, "precedes"),
    (Part::Frontend, Part::FunctionRole, "acts as"),
    (Part::Backend, Part::FunctionRole, "acts as"),
    (Part::Bundle, Part::FunctionRole, "acts as"),
    (Part::Migration, Part::FunctionRole, "acts as"),
    (Part::Publish, Part::FunctionRole, "acts as"),
    (Part::Frontend, Part::AccessPoint, "works in"),
    (Part::Backend, Part::AccessPoint, "works in"),
    (Part::Bundle, Part::AccessPoint, "works in"),
    (Part::Migration, Part::AccessPoint, "works in"),
    (Part::Publish, Part::AccessPoint, "works in"),
    (Part::Migration, Part::Secret, "reads"),
    (Part::Migration, Part::Database, "changes the schema of"),
    (Part::Publish, Part::Bucket, "copies the interface to"),
    (Part::Frontend, Part::BuildLogs, "writes to"),
    (Part::Backend, Part::BuildLogs, "writes to"),
    (Part::Bundle, Part::BuildLogs, "writes to"),
    (Part::Migration, Part::BuildLogs, "writes to"),
    (Part::Publish, Part::BuildLogs, "writes to"),
    // On one machine, where the host works with copies of what the folder holds.
    (Part::Address, Part::Route, "is answered by"),
    (Part::Route, Part::Process, "passes /api/ to"),
    (Part::Process, Part::User, "runs as"),
    (Part::Process, Part::DatabaseRole, "signs in as"),
    (Part::Route, Part::Folder, "serves the interface of a release from"),
    (Part::Process, Part::Folder, "runs a copy of a release from"),
];

impl Part {
    /// What a thing of the ledger is. Roles, functions and log groups say by the end of their name whose they are.
    fn of(target: TargetKind, kind: &str, name: &str) -> Self {
        match (target, kind) {
            (_, "database") => Self::Database,
            (TargetKind::Local, "role") | (TargetKind::Aws, "databaseRole") => Self::DatabaseRole,
            (TargetKind::Local, "folder") => Self::Folder,
            (TargetKind::Local, "user") => Self::User,
            (TargetKind::Local, _) => Self::Other,
            (TargetKind::Aws, kind) => match (kind, name.rsplit(['-', '/']).next().unwrap_or_default()) {
                ("record", _) => Self::Record,
                ("distribution", _) => Self::Distribution,
                ("listenerRule", _) => Self::ListenerRule,
                ("targetGroup", _) => Self::TargetGroup,
                ("bucket", _) => Self::Bucket,
                ("role", "server") => Self::TaskRole,
                ("role", "start") => Self::StartRole,
                ("role", "functions") => Self::FunctionRole,
                ("service", _) => Self::Service,
                ("scaling", _) => Self::Scaling,
                ("accessPoint", _) => Self::AccessPoint,
                ("secret", _) => Self::Secret,
                ("function", "frontend") => Self::Frontend,
                ("function", "backend") => Self::Backend,
                ("function", "bundle") => Self::Bundle,
                ("function", "database") => Self::Migration,
                ("function", "publish") => Self::Publish,
                ("logGroup", "builds") => Self::BuildLogs,
                ("logGroup", "server") => Self::ServerLogs,
                ("alarms", _) => Self::Alarms,
                _ => Self::Other,
            },
        }
    }

    /// The environments of an app have one file system, its previews one set of functions.
    fn shared_with(self, kind: EnvironmentKind) -> Option<&'static str> {
        match self {
            Self::AccessPoint => Some("all environments of the app"),
            Self::Frontend | Self::Backend | Self::Bundle | Self::Migration | Self::Publish | Self::FunctionRole | Self::BuildLogs => {
                (kind == EnvironmentKind::Preview).then_some("all previews of the app")
            }
            _ => None,
        }
    }
}

impl Graph {
    /// Of what is known. Where nothing was made, there is the address alone.
    pub fn new(facts: &Facts) -> Self {
        let mut nodes = Vec::new();
        if !facts.ledger.is_empty() {
            nodes.push(Node::new(Part::Visitor, "visitor", "anybody", None));
        }
        let leads = if facts.deleting {
            PartState::Deleting
        } else if facts.live {
            PartState::Present
        } else {
            PartState::Intended
        };
        nodes.push(Node::new(Part::Address, "address", &facts.url, Some(leads)));
        for entry in &facts.ledger {
            nodes.push(Node::of(facts, entry));
        }
        if facts.target == TargetKind::Local && !facts.ledger.is_empty() {
            let host = facts.url.split_once("://").map_or(facts.url.as_str(), |(_, host)| host);
            nodes.push(Node::new(Part::Route, "route", host, Some(leads)));
            if let Some((state, message)) = &facts.process {
                nodes.push(Node { message: message.clone(), ..Node::new(Part::Process, "process", "server.mjs", Some(*state)) });
            }
        }
        nodes.sort_by_key(|node| (Layer::ALL.iter().position(|layer| *layer == node.layer), node.part.column()));
        let links = links(&nodes);
        Self { nodes, links }
    }
}

impl Node {
    fn new(part: Part, kind: &str, name: &str, state: Option<PartState>) -> Self {
        Self {
            id: format!("{kind}/{name}"),
            kind: kind.to_owned(),
            title: part.title(),
            name: name.to_owned(),
            layer: part.layer(),
            state,
            message: None,
            arn: None,
            shared_with: None,
            part,
        }
    }

    fn of(facts: &Facts, entry: &Entry) -> Self {
        let part = Part::of(facts.target, &entry.kind, &entry.name);
        let name = match part {
            // Where the machine keeps its state is the operator's knowledge.
            Part::Folder => below_home(&entry.name),
            _ => entry.name.trim_end_matches('-').to_owned(),
        };
        let state = match (part, entry.state) {
            // A number is there as soon as it is reserved: nothing is made for it.
            (Part::User, PartState::Intended) => PartState::Present,
            (_, state) => state,
        };
        let arn = entry.observed.as_ref().and_then(|seen| seen.as_str().or_else(|| seen["arn"].as_str()));
        // Of what was seen, only ARNs are told.
        let arn = arn.filter(|arn| arn.starts_with("arn:")).map(str::to_owned);
        Self { arn, shared_with: part.shared_with(facts.kind), ..Self::new(part, &entry.kind, &name, Some(state)) }
    }
}

/// `apps/<app>/<environment>`, the last three parts.
fn below_home(path: &str) -> String {
    let mut parts: Vec<&str> = path.rsplit('/').take(3).collect();
    parts.reverse();
    parts.join("/")
}

fn links(nodes: &[Node]) -> Vec<Link> {
    let of = |part: Part| nodes.iter().enumerate().filter(move |(_, node)| node.part == part).map(|(index, _)| index);
    let each = LINKS.iter().flat_map(|&(from, to, purpose)| of(from).flat_map(move |from| of(to).map(move |to| Link { from, to, purpose })));
    each.collect()
}
