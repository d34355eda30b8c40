use super::{ConfigError, Secret, bad, is_domain};
use std::path::{Path, PathBuf};

/// The operator's AWS account. Credentials are found as every AWS tool finds them.
#[derive(Debug, Clone)]
pub struct Aws {
    /// `SLIPFORM_AWS_REGION`: where everything is made.
    pub region: String,
    /// `SLIPFORM_AWS_STACK`: the name of the foundation's stack.
    pub stack: String,
    /// `SLIPFORM_AWS_DOMAIN`: apps answer at `<app>.<domain>`.
    pub domain: String,
    /// `SLIPFORM_AWS_ROLE`: a role to assume first.
    pub role: Option<String>,
    /// `SLIPFORM_AWS_EXTERNAL_ID`: what that role's account demands.
    pub external_id: Option<Secret>,
    /// An emulator instead of AWS.
    pub emulated: Option<EmulatedAws>,
}

/// Where an emulator is, and where its functions find what AWS would mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmulatedAws {
    /// `SLIPFORM_AWS_ENDPOINT`
    pub endpoint: String,
    /// `SLIPFORM_AWS_SCALING_ENDPOINT`: of application autoscaling, where that is another.
    pub scaling_endpoint: Option<String>,
    /// `SLIPFORM_AWS_EMULATED_FILES`: the root of the file system.
    pub files: PathBuf,
}

pub fn read<'a>(text: &impl Fn(&'static str) -> Option<&'a str>, base: &Path) -> Result<Option<Aws>, ConfigError> {
    let Some(region) = text("SLIPFORM_AWS_REGION") else { return Ok(None) };
    if cfg!(not(feature = "aws")) {
        return Err(bad("SLIPFORM_AWS_REGION", "this program was built without the target `aws`; build it with `--features aws`"));
    }
    if !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(bad("SLIPFORM_AWS_REGION", "must be a region such as eu-central-1"));
    }
    let stack = text("SLIPFORM_AWS_STACK").unwrap_or("slipform");
    let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if stack.len() > 32 || !stack.bytes().all(letters) || !stack.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(bad("SLIPFORM_AWS_STACK", "must be the name of a stack: at most 32 letters, digits and hyphens, a letter first"));
    }
    let domain = text("SLIPFORM_AWS_DOMAIN").unwrap_or_default().trim_matches('.').to_ascii_lowercase();
    if !domain.contains('.') || !is_domain(&domain) {
        return Err(bad("SLIPFORM_AWS_DOMAIN", "must be the domain of the foundation, such as apps.example.com"));
    }
    let role = text("SLIPFORM_AWS_ROLE").map(str::to_owned);
    if role.as_ref().is_some_and(|role| !role.starts_with("arn:")) {
        return Err(bad("SLIPFORM_AWS_ROLE", "must be the ARN of a role"));
    }
    let external_id = text("SLIPFORM_AWS_EXTERNAL_ID").map(Secret::new);
    if external_id.is_some() && role.is_none() {
        return Err(bad("SLIPFORM_AWS_EXTERNAL_ID", "needs SLIPFORM_AWS_ROLE: it is told when that role is assumed"));
    }
    let emulated = match (text("SLIPFORM_AWS_ENDPOINT"), text("SLIPFORM_AWS_EMULATED_FILES")) {
        (Some(endpoint), Some(files)) => Some(EmulatedAws {
            endpoint: endpoint.to_owned(),
            scaling_endpoint: text("SLIPFORM_AWS_SCALING_ENDPOINT").map(str::to_owned),
            files: base.join(files),
        }),
        (None, None) => None,
        _ => return Err(bad("SLIPFORM_AWS_ENDPOINT", "an emulator needs SLIPFORM_AWS_EMULATED_FILES too, and the other way round")),
    };
    Ok(Some(Aws { region: region.to_owned(), stack: stack.to_owned(), domain, role, external_id, emulated }))
}
