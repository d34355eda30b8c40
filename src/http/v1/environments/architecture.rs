use super::EnvironmentPath;
use crate::app::App;
use crate::app::architecture::graph::{Entry, Facts, Graph, Link, Node};
use crate::app::architecture::prices::{self, Estimate, Item};
use crate::app::architecture::{self, Architecture};
use crate::domain::{EnvironmentKind, Layer, PartState, TargetKind};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A part of an environment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartBody {
    /// Kind and name; unique in the environment.
    #[schema(example = "database/app_01a2171546807cc18d5e3f1f6f0f8f11")]
    id: String,
    /// `visitor`, `address`, `route`, `process`, or what the target made: `database`, `role`, `folder`, `user`; on AWS also
    /// `databaseRole`, `secret`, `accessPoint`, `function`, `bucket`, `distribution`, `record`, `listenerRule`, `targetGroup`,
    /// `service`, `scaling`, `logGroup`, `alarms`.
    #[schema(example = "database")]
    kind: String,
    /// What people call it.
    #[schema(example = "Database")]
    title: &'static str,
    /// Its name where it is.
    #[schema(example = "app_01a2171546807cc18d5e3f1f6f0f8f11")]
    name: String,
    /// Its place between visitors and data.
    layer: Layer,
    /// Its state; null: it is nothing that Slipform makes.
    state: Option<PartState>,
    /// Why it failed.
    message: Option<String>,
    /// Its ARN, where AWS gave it one.
    arn: Option<String>,
    /// Who else uses it; null: nobody.
    #[schema(example = "all environments of the app")]
    shared_with: Option<&'static str>,
}

/// One part needs or reaches another.
#[derive(Serialize, ToSchema)]
pub struct LinkBody {
    /// Id of a part.
    #[schema(example = "role/app_01a2171546807cc18d5e3f1f6f0f8f11")]
    from: String,
    /// Id of a part.
    #[schema(example = "database/app_01a2171546807cc18d5e3f1f6f0f8f11")]
    to: String,
    /// What it is for, to be read between the titles of the two.
    #[schema(example = "owns")]
    purpose: &'static str,
}

/// One line of an estimate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostItemBody {
    /// Id of the part that causes it; null: the foundation.
    resource: Option<String>,
    /// What is paid for.
    #[schema(example = "Fargate, processor")]
    what: &'static str,
    /// In which unit it is sold.
    #[schema(example = "vCPU-hour")]
    unit: &'static str,
    /// What one unit costs.
    #[schema(example = 0.04656)]
    unit_price: f64,
    /// How many units a month.
    #[schema(example = 182.5)]
    quantity: f64,
    /// What that is a month, rounded to cents.
    #[schema(example = 8.5)]
    monthly: f64,
}

/// A number that an estimate takes for granted.
#[derive(Serialize, ToSchema)]
pub struct AssumptionBody {
    /// Name, for programs.
    #[schema(example = "visitsPerMonth")]
    name: &'static str,
    /// Value.
    #[schema(example = 10_000.0)]
    value: f64,
    /// Unit of the value.
    #[schema(example = "visits")]
    unit: &'static str,
    /// What it stands for.
    meaning: &'static str,
}

/// What all apps of an AWS account share, and pay for together.
#[derive(Serialize, ToSchema)]
pub struct FoundationCostBody {
    /// Its parts.
    items: Vec<CostItemBody>,
    /// The sum of its parts.
    #[schema(example = 67.88)]
    monthly: f64,
    /// The app's share of it, among as many apps as the assumption `appsOfTheFoundation` says.
    #[schema(example = 6.79)]
    share: f64,
}

/// What an environment costs a month, as an estimate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostBody {
    /// Always US dollars.
    #[schema(example = "USD")]
    currency: &'static str,
    /// The month of the list prices.
    #[schema(example = "2026-11")]
    prices_of: &'static str,
    /// The AWS region of the prices; null: the app runs on the operator's own machine.
    #[schema(example = "eu-central-1")]
    region: Option<&'static str>,
    /// What belongs to the environment.
    items: Vec<CostItemBody>,
    /// The sum of `items`, without the foundation.
    #[schema(example = 17.57)]
    monthly: f64,
    /// What all apps share.
    foundation: FoundationCostBody,
    /// What the estimate takes for granted.
    assumptions: Vec<AssumptionBody>,
    /// What it leaves out.
    excluded: Vec<&'static str>,
}

/// What an environment consists of.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(ArchitectureBody::new(example())))]
pub struct ArchitectureBody {
    /// Slug of the environment.
    #[schema(example = "production")]
    environment: String,
    /// Where it runs.
    target: TargetKind,
    /// Its address.
    #[schema(example = "http://car-rental.localhost:8480")]
    url: String,
    /// The layers in which something stands, from the visitor to the data and what is behind.
    layers: Vec<Layer>,
    /// The parts, in the order of their layers.
    parts: Vec<PartBody>,
    /// The links between them.
    links: Vec<LinkBody>,
    /// What it costs.
    cost: CostBody,
}

impl ArchitectureBody {
    fn new(it: Architecture) -> Self {
        let mut layers: Vec<Layer> = it.graph.nodes.iter().map(|node| node.layer).collect();
        layers.dedup();
        let link = |link: &Link| LinkBody { from: it.graph.nodes[link.from].id.clone(), to: it.graph.nodes[link.to].id.clone(), purpose: link.purpose };
        let links = it.graph.links.iter().map(link).collect();
        let parts = it.graph.nodes.into_iter().map(part).collect();
        Self { environment: it.environment, target: it.target, url: it.url, layers, parts, links, cost: cost(&it.estimate) }
    }
}

fn part(node: Node) -> PartBody {
    let Node { id, kind, title, name, layer, state, message, arn, shared_with, .. } = node;
    PartBody { id, kind, title, name, layer, state, message, arn, shared_with }
}

fn cost(estimate: &Estimate) -> CostBody {
    let item = |item: &Item| CostItemBody {
        resource: item.resource.clone(),
        what: item.what,
        unit: item.unit,
        unit_price: item.unit_price(),
        quantity: item.quantity(),
        monthly: item.monthly(),
    };
    CostBody {
        currency: "USD",
        prices_of: prices::DATE,
        region: estimate.region,
        items: estimate.items.iter().map(item).collect(),
        monthly: estimate.monthly(),
        foundation: FoundationCostBody {
            items: estimate.foundation.iter().map(item).collect(),
            monthly: estimate.foundation_monthly(),
            share: estimate.foundation_share(),
        },
        assumptions: estimate.assumptions.iter().map(|a| AssumptionBody { name: a.name, value: a.value(), unit: a.unit, meaning: a.meaning }).collect(),
        excluded: estimate.excluded.to_vec(),
    }
}

/// That of the car rental on one machine, for the document, made as any other.
pub fn example() -> Architecture {
    let (url, database) = ("http://car-rental.localhost:8480".to_owned(), "app_01a2171546807cc18d5e3f1f6f0f8f13");
    let folder = "/home/operator/.slipform/apps/01a21715-4680-7cc1-8d5e-3f1f6f0f8f13/production";
    let entry = |kind: &str, name: &str| Entry { kind: kind.into(), name: name.into(), state: PartState::Present, observed: None };
    let ledger = vec![entry("folder", folder), entry("role", database), entry("database", database)];
    let target = TargetKind::Local;
    let process = Some((PartState::Running, None));
    let graph = Graph::new(&Facts { target, kind: EnvironmentKind::Production, url: url.clone(), deleting: false, live: true, process, ledger });
    let estimate = Estimate::new(target, &graph);
    Architecture { app: "Car rental".into(), environment: "production".into(), target, url, graph, estimate }
}

/// Show what an environment consists of
///
/// Its parts with their states, the links between them, and an estimate of what it costs a month. Before its first build there is the
/// address alone. `…/architecture.svg` is the same as a picture.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/architecture", operation_id = "showArchitecture", tag = "Environments", params(EnvironmentPath, Conditional),
    responses((status = 200, description = "What it consists of.", body = ArchitectureBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn architecture(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    reply::ok(&ArchitectureBody::new(architecture::show(&app, &actor, &path.app, &path.env).await?))
}
