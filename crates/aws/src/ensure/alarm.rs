//! Alarms of an environment: answers with 5xx, slow answers, no healthy server.

use crate::account::Account;
use crate::error::{Absent as _, Result, failed};
use crate::names::Names;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricAlarm, Statistic, Tag};

/// What is watched: the word in the name, metric, statistic or percentile, threshold, comparison.
struct Watch {
    what: &'static str,
    metric: &'static str,
    statistic: Option<Statistic>,
    percentile: Option<&'static str>,
    threshold: f64,
    comparison: ComparisonOperator,
}

fn watches() -> [Watch; 3] {
    let over = ComparisonOperator::GreaterThanThreshold;
    [
        Watch {
            what: "errors",
            metric: "HTTPCode_Target_5XX_Count",
            statistic: Some(Statistic::Sum),
            percentile: None,
            threshold: 5.0,
            comparison: over.clone(),
        },
        Watch { what: "latency", metric: "TargetResponseTime", statistic: None, percentile: Some("p95"), threshold: 2.0, comparison: over },
        Watch {
            what: "unhealthy",
            metric: "HealthyHostCount",
            statistic: Some(Statistic::Minimum),
            percentile: None,
            threshold: 1.0,
            comparison: ComparisonOperator::LessThanThreshold,
        },
    ]
}

/// Makes sure of them. `load_balancer` and `group` are the last parts of the ARNs, as the metrics name them.
pub async fn ensure(account: &Account, names: &Names, load_balancer: &str, group: &str) -> Result<()> {
    let found = find(account, names).await?;
    for watch in watches() {
        let name = names.alarm(watch.what);
        let dimensions = [("LoadBalancer", load_balancer), ("TargetGroup", group)].map(|(name, value)| Dimension::builder().name(name).value(value).build());
        let there = found.iter().find(|alarm| alarm.alarm_name() == Some(&name));
        if there.is_some_and(|alarm| alarm.threshold() == Some(watch.threshold) && alarm.metric_name() == Some(watch.metric) && same(alarm, &dimensions)) {
            continue;
        }
        let tags = names.tags().into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
        let put = account
            .cloudwatch
            .put_metric_alarm()
            .alarm_name(name)
            .namespace("AWS/ApplicationELB")
            .metric_name(watch.metric)
            .set_statistic(watch.statistic)
            .set_extended_statistic(watch.percentile.map(str::to_owned))
            .set_dimensions(Some(dimensions.to_vec()))
            .period(60)
            .evaluation_periods(3)
            .threshold(watch.threshold)
            .comparison_operator(watch.comparison)
            .treat_missing_data("notBreaching")
            .set_tags(Some(tags));
        put.send().await.map_err(failed("cloudwatch:PutMetricAlarm"))?;
    }
    Ok(())
}

fn same(alarm: &MetricAlarm, dimensions: &[Dimension]) -> bool {
    dimensions.iter().all(|wanted| alarm.dimensions().iter().any(|found| found.name() == wanted.name() && found.value() == wanted.value()))
}

async fn find(account: &Account, names: &Names) -> Result<Vec<MetricAlarm>> {
    let found = account.cloudwatch.describe_alarms().set_alarm_names(Some(watches().map(|watch| names.alarm(watch.what)).to_vec())).send().await;
    Ok(found.map_err(failed("cloudwatch:DescribeAlarms"))?.metric_alarms().to_vec())
}

/// Removes them.
pub async fn remove(account: &Account, names: &Names) -> Result<()> {
    let there: Vec<_> = find(account, names).await?.into_iter().filter_map(|alarm| alarm.alarm_name).collect();
    if !there.is_empty() {
        account.cloudwatch.delete_alarms().set_alarm_names(Some(there)).send().await.map_err(failed("cloudwatch:DeleteAlarms")).absent()?;
    }
    Ok(())
}

/// Whether any is left.
pub async fn left(account: &Account, names: &Names) -> Result<bool> {
    Ok(!find(account, names).await?.is_empty())
}
