use super::{ConfigError, bad};
use crate::domain::Quota;
use crate::domain::quotas::Quotas;

/// By which setting, and what it is without one.
const SETTINGS: [(Quota, &str, &str); 6] = [
    (Quota::Apps, "SLIPFORM_QUOTA_APPS", "100"),
    (Quota::Previews, "SLIPFORM_QUOTA_PREVIEWS", "200"),
    (Quota::RunningBuilds, "SLIPFORM_QUOTA_RUNNING_BUILDS", "2"),
    (Quota::WaitingBuilds, "SLIPFORM_QUOTA_WAITING_BUILDS", "100"),
    (Quota::Storage, "SLIPFORM_QUOTA_STORAGE", "50GiB"),
    (Quota::Requests, "SLIPFORM_REQUESTS_PER_MINUTE", "1200"),
];

pub(super) fn read<'a>(text: &impl Fn(&'static str) -> Option<&'a str>) -> Result<Quotas, ConfigError> {
    let none = Quotas { apps: 0, previews: 0, running_builds: 0, waiting_builds: 0, storage: 0, requests: 0 };
    SETTINGS.into_iter().try_fold(none, |quotas, (quota, name, usual)| {
        let value = quota.read(text(name).unwrap_or(usual)).map_err(|detail| bad(name, &detail))?;
        Ok(quotas.with(quota, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_has_its_setting() {
        let quotas = read(&|name| (name == "SLIPFORM_QUOTA_STORAGE").then_some("1GiB")).unwrap();
        assert_eq!((quotas.storage, quotas.apps, quotas.requests), (1 << 30, 100, 1_200));
        for quota in Quota::ALL {
            assert!(quotas.of(*quota) > 0, "{quota} has no setting");
        }
        let refused = read(&|name| (name == "SLIPFORM_REQUESTS_PER_MINUTE").then_some("0")).unwrap_err();
        assert_eq!(refused.name, "SLIPFORM_REQUESTS_PER_MINUTE");
    }
}
