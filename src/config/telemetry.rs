use super::{ConfigError, bad};
use std::net::SocketAddr;

/// What operators see of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telemetry {
    /// `SLIPFORM_METRICS`: where `/metrics` and `/health/…` answer, apart from the API.
    pub address: Option<SocketAddr>,
    /// Whether spans are sent: `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` names a collector. These, and what else
    /// begins with `OTEL_`, are standard, and OpenTelemetry's SDK reads them itself.
    pub spans: bool,
}

pub(super) fn read<'a>(text: &impl Fn(&'static str) -> Option<&'a str>) -> Result<Telemetry, ConfigError> {
    let address = text("SLIPFORM_METRICS").map(|address| {
        let wrong = |_| bad("SLIPFORM_METRICS", &format!("{address:?} was found; it must be an address with a port, such as 127.0.0.1:9464"));
        address.parse().map_err(wrong)
    });
    let named = text("OTEL_EXPORTER_OTLP_ENDPOINT").or(text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")).is_some();
    let off = text("OTEL_SDK_DISABLED").is_some_and(|off| off.eq_ignore_ascii_case("true")) || text("OTEL_TRACES_EXPORTER") == Some("none");
    Ok(Telemetry { address: address.transpose()?, spans: named && !off })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(vars: &[(&str, &'static str)]) -> Result<Telemetry, ConfigError> {
        read(&|name| vars.iter().find(|(has, _)| *has == name).map(|(_, value)| *value))
    }

    #[test]
    fn nothing_is_shown_and_nothing_is_sent_unless_somebody_says_so() {
        assert_eq!(of(&[]), Ok(Telemetry { address: None, spans: false }));
        let named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        assert!(of(&[named]).unwrap().spans);
        assert!(of(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")]).unwrap().spans);
        for off in [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_TRACES_EXPORTER", "none")] {
            assert!(!of(&[named, off]).unwrap().spans, "{off:?}");
        }
        assert_eq!(of(&[("SLIPFORM_METRICS", "[::1]:9464")]).unwrap().address, Some(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 9464))));
        for wrong in ["9464", "localhost:9464", "127.0.0.1"] {
            assert_eq!(of(&[("SLIPFORM_METRICS", wrong)]).unwrap_err().name, "SLIPFORM_METRICS", "{wrong}");
        }
    }
}
