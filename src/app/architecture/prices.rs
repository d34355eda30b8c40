//! What an environment costs a month, estimated from list prices. Whole numbers throughout, so that the parts add up to the sums.

use super::graph::{Graph, Node, Part};
use crate::domain::TargetKind;

/// The month of the prices.
pub const DATE: &str = "2026-11";

/// What one unit of something costs, in billionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    what: &'static str,
    unit: &'static str,
    us_east_1: u32,
    eu_central_1: u32,
}

const fn price(what: &'static str, unit: &'static str, us_east_1: u32, eu_central_1: u32) -> Price {
    Price { what, unit, us_east_1, eu_central_1 }
}

/// List prices on demand, without taxes, free tiers and discounts.
mod list {
    use super::{Price, price};

    pub const TASK_CPU: Price = price("Fargate, processor", "vCPU-hour", 40_480_000, 46_560_000);
    pub const TASK_MEMORY: Price = price("Fargate, memory", "GB-hour", 4_445_000, 5_110_000);
    pub const PUBLIC_ADDRESS: Price = price("Public IPv4 address", "hour", 5_000_000, 5_000_000);
    pub const CDN_TRANSFER: Price = price("CloudFront, transfer to visitors", "GB", 85_000_000, 85_000_000);
    pub const CDN_REQUESTS: Price = price("CloudFront, HTTPS requests", "10,000 requests", 10_000_000, 12_000_000);
    pub const CDN_FUNCTION: Price = price("CloudFront, function of the interface", "million calls", 100_000_000, 100_000_000);
    pub const BUCKET_STORAGE: Price = price("S3, storage", "GB-month", 23_000_000, 24_500_000);
    pub const BUCKET_READS: Price = price("S3, reads", "1,000 requests", 400_000, 430_000);
    pub const BUCKET_WRITES: Price = price("S3, writes", "1,000 requests", 5_000_000, 5_400_000);
    pub const FILES: Price = price("EFS, storage", "GB-month", 300_000_000, 360_000_000);
    pub const FUNCTION_TIME: Price = price("Lambda, memory while it runs", "GB-second", 16_667, 16_667);
    pub const SECRET: Price = price("Secrets Manager, secret", "month", 400_000_000, 400_000_000);
    pub const LOGS: Price = price("CloudWatch, lines taken in", "GB", 500_000_000, 630_000_000);
    pub const ALARM: Price = price("CloudWatch, alarm", "month", 100_000_000, 100_000_000);
    pub const BALANCER: Price = price("Application Load Balancer", "hour", 22_500_000, 27_000_000);
    pub const BALANCER_CAPACITY: Price = price("Application Load Balancer, capacity unit", "hour", 8_000_000, 8_000_000);
    pub const DATABASE_SERVER: Price = price("RDS Postgres, db.t4g.micro", "hour", 16_000_000, 19_000_000);
    pub const DATABASE_STORAGE: Price = price("RDS, gp3 storage", "GB-month", 115_000_000, 137_000_000);
    pub const ENDPOINT: Price = price("VPC endpoint of Secrets Manager", "hour and zone", 10_000_000, 12_000_000);
    pub const ZONE: Price = price("Route 53, hosted zone", "month", 500_000_000, 500_000_000);
}

/// A number that the estimate takes for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Assumption {
    pub name: &'static str,
    /// In thousandths of the unit.
    thousandths: u32,
    pub unit: &'static str,
    pub meaning: &'static str,
}

impl Assumption {
    /// In its unit.
    pub fn value(&self) -> f64 {
        f64::from(self.thousandths) / 1_000.0
    }
}

const fn assume(name: &'static str, thousandths: u32, unit: &'static str, meaning: &'static str) -> Assumption {
    Assumption { name, thousandths, unit, meaning }
}

const HOURS: Assumption = assume("hoursPerMonth", 730_000, "hours", "Everything that is billed by the hour runs all the time.");
const VISITS: Assumption = assume("visitsPerMonth", 10_000_000, "visits", "Of the app's address.");
const WEB_REQUESTS: Assumption =
    assume("interfaceRequestsPerVisit", 15_000, "requests", "Each is billed by the CDN and, as the upper bound, by the bucket behind it.");
const API_REQUESTS: Assumption = assume("apiRequestsPerVisit", 10_000, "requests", "To the server, through the CDN and the load balancer.");
const TRANSFER: Assumption = assume("transferPerVisit", 2, "GB", "Sent to the visitor.");
const TASKS: Assumption = assume("tasks", 1_000, "tasks", "The fewest that the autoscaling keeps; it may go up to four.");
const TASK_CPU: Assumption = assume("processorsPerTask", 250, "vCPU", "The size of the server.");
const TASK_MEMORY: Assumption = assume("memoryPerTask", 500, "GB", "The size of the server.");
const BUILDS: Assumption = assume("buildsPerMonth", 60_000, "builds", "Of this environment.");
const STAGE_TIME: Assumption = assume("secondsPerStage", 10_000, "seconds", "How long each of the five functions runs in a build.");
const WEB_FILES: Assumption = assume("filesPerBuild", 40_000, "files", "Copied into the bucket.");
const WEB_STORAGE: Assumption = assume("interfaceStorage", 200, "GB", "In the bucket, older versions included.");
const CODE_STORAGE: Assumption = assume("codeStorage", 500, "GB", "Code bases and releases of the app.");
const LOG_VOLUME: Assumption = assume("logsPerMonth", 100, "GB", "Into each log group.");
const APPS: Assumption = assume("appsOfTheFoundation", 10_000, "apps", "Among which the foundation is divided.");

const ASSUMPTIONS: [Assumption; 15] = [
    HOURS,
    VISITS,
    WEB_REQUESTS,
    API_REQUESTS,
    TRANSFER,
    TASKS,
    TASK_CPU,
    TASK_MEMORY,
    BUILDS,
    STAGE_TIME,
    WEB_FILES,
    WEB_STORAGE,
    CODE_STORAGE,
    LOG_VOLUME,
    APPS,
];

/// What no number stands for.
const EXCLUDED: [&str; 6] = [
    "Taxes, free tiers, discounts and support.",
    "Reads and writes of the file system, calls of functions and reads of secrets: cents at the assumed use.",
    "Traffic between zones, and backups beyond the size of the database.",
    "A larger database server, a standby or a NAT gateway, where the operator chose them for the foundation.",
    "The artifact bucket, and the logs and functions of the foundation itself.",
    "The machine on which the control plane runs.",
];

/// On one machine.
const OWN_MACHINE: Assumption =
    assume("machines", 1_000, "machine", "It is there already: an app on it is charged nothing beyond the machine, its power and its network.");

/// One line of an estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Item {
    /// Id of the node that causes it; `None`: a part of the foundation.
    pub resource: Option<String>,
    pub what: &'static str,
    pub unit: &'static str,
    billionths: u32,
    thousandths: u64,
    cents: u64,
}

/// What an environment costs a month, in US dollars.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Estimate {
    /// The region whose prices these are; `None` on one machine.
    pub region: Option<&'static str>,
    pub items: Vec<Item>,
    /// What all apps of the AWS account share, and pay for together.
    pub foundation: Vec<Item>,
    pub assumptions: &'static [Assumption],
    pub excluded: &'static [&'static str],
}

impl Item {
    fn new(resource: Option<&Node>, price: Price, region: &str, thousandths: u64) -> Self {
        let billionths = if region == US { price.us_east_1 } else { price.eu_central_1 };
        // Billionths of a dollar times thousandths of a unit; a cent is 10^10 of them. Rounded to the nearest.
        let cents = (u64::from(billionths) * thousandths + 5_000_000_000) / 10_000_000_000;
        Self { resource: resource.map(|node| node.id.clone()), what: price.what, unit: price.unit, billionths, thousandths, cents }
    }

    /// In US dollars for a unit.
    pub fn unit_price(&self) -> f64 {
        f64::from(self.billionths) / 1e9
    }

    /// Units a month.
    pub fn quantity(&self) -> f64 {
        u32::try_from(self.thousandths).map_or(f64::MAX, f64::from) / 1_000.0
    }

    /// US dollars a month.
    pub fn monthly(&self) -> f64 {
        dollars(self.cents)
    }
}

const US: &str = "us-east-1";
const EU: &str = "eu-central-1";

impl Estimate {
    /// Of the parts of an environment.
    pub fn new(target: TargetKind, graph: &Graph) -> Self {
        match target {
            TargetKind::Local => {
                Self { region: None, items: Vec::new(), foundation: Vec::new(), assumptions: std::slice::from_ref(&OWN_MACHINE), excluded: &[] }
            }
            TargetKind::Aws => {
                let region = region(graph);
                let items = graph.nodes.iter().flat_map(|node| own(node).into_iter().map(|(price, units)| Item::new(Some(node), price, region, units)));
                let foundation = foundation().into_iter().map(|(price, units)| Item::new(None, price, region, units)).collect();
                Self { region: Some(region), items: items.collect(), foundation, assumptions: &ASSUMPTIONS, excluded: &EXCLUDED }
            }
        }
    }

    /// US dollars a month for what belongs to the environment.
    pub fn monthly(&self) -> f64 {
        dollars(sum(&self.items))
    }

    /// US dollars a month for the whole foundation.
    pub fn foundation_monthly(&self) -> f64 {
        dollars(sum(&self.foundation))
    }

    /// US dollars a month for the app's share of the foundation.
    pub fn foundation_share(&self) -> f64 {
        let apps = u64::from(APPS.thousandths) / 1_000;
        dollars((sum(&self.foundation) + apps / 2) / apps)
    }
}

fn sum(items: &[Item]) -> u64 {
    items.iter().map(|item| item.cents).sum()
}

fn dollars(cents: u64) -> f64 {
    u32::try_from(cents).map_or(f64::MAX, f64::from) / 100.0
}

/// Where the environment is, as its ARNs say: prices of the east of the United States, or those of Frankfurt for anywhere else.
fn region(graph: &Graph) -> &'static str {
    let regions = graph.nodes.iter().filter_map(|node| node.arn.as_deref()?.split(':').nth(3)).filter(|region| !region.is_empty());
    if regions.into_iter().any(|region| region == US) { US } else { EU }
}

/// The product of assumptions, in thousandths.
fn times(factors: &[Assumption]) -> u64 {
    factors.iter().fold(1_000, |product, factor| product * u64::from(factor.thousandths) / 1_000)
}

/// What a part costs by itself: prices with thousandths of units.
fn own(node: &Node) -> Vec<(Price, u64)> {
    let stage = |memory: u64| vec![(list::FUNCTION_TIME, times(&[BUILDS, STAGE_TIME]) * memory / 1_000)];
    match node.part {
        Part::Service => vec![
            (list::TASK_CPU, times(&[HOURS, TASKS, TASK_CPU])),
            (list::TASK_MEMORY, times(&[HOURS, TASKS, TASK_MEMORY])),
            (list::PUBLIC_ADDRESS, times(&[HOURS, TASKS])),
        ],
        Part::Distribution => vec![
            (list::CDN_TRANSFER, times(&[VISITS, TRANSFER])),
            (list::CDN_REQUESTS, (times(&[VISITS, WEB_REQUESTS]) + times(&[VISITS, API_REQUESTS])) / 10_000),
            (list::CDN_FUNCTION, times(&[VISITS, WEB_REQUESTS]) / 1_000_000),
        ],
        Part::Bucket => vec![
            (list::BUCKET_STORAGE, times(&[WEB_STORAGE])),
            (list::BUCKET_READS, times(&[VISITS, WEB_REQUESTS]) / 1_000),
            (list::BUCKET_WRITES, times(&[BUILDS, WEB_FILES]) / 1_000),
        ],
        Part::AccessPoint => vec![(list::FILES, times(&[CODE_STORAGE]))],
        Part::Secret => vec![(list::SECRET, 1_000)],
        // The sizes of the functions, in thousandths of a GB.
        Part::Frontend | Part::Backend | Part::Publish => stage(1_000),
        Part::Bundle => stage(2_000),
        Part::Migration => stage(500),
        Part::BuildLogs | Part::ServerLogs => vec![(list::LOGS, times(&[LOG_VOLUME]))],
        Part::Alarms => vec![(list::ALARM, 3_000)],
        // Each of its two goals has an alarm above and one below.
        Part::Scaling => vec![(list::ALARM, 4_000)],
        _ => Vec::new(),
    }
}

/// What stands once an account, as `docker/aws/foundation.yaml` makes it unless it is told otherwise.
fn foundation() -> [(Price, u64); 8] {
    let hours = times(&[HOURS]);
    [
        (list::BALANCER, hours),
        (list::BALANCER_CAPACITY, hours),
        // The load balancer and the endpoint stand in two zones.
        (list::PUBLIC_ADDRESS, 2 * hours),
        (list::DATABASE_SERVER, hours),
        (list::DATABASE_STORAGE, 20_000),
        (list::ENDPOINT, 2 * hours),
        (list::SECRET, 1_000),
        (list::ZONE, 1_000),
    ]
}
