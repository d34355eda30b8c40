//! The stack that all apps of an installation share.

use crate::account::Account;
use crate::error::{Error, Kind, Result, failed};
use std::collections::HashMap;

/// What the stack of this name says of itself. An update that is going on does not matter: what is there stays.
pub async fn outputs(account: &Account, stack: &str) -> Result<HashMap<String, String>> {
    let described = account.cloudformation.describe_stacks().stack_name(stack).send().await.map_err(failed("cloudformation:DescribeStacks"));
    let described = described.map_err(|error| {
        // CloudFormation calls a stack that is not there a validation error.
        if error.message.contains("does not exist") { Error { kind: Kind::NotFound, ..error } } else { error }
    })?;
    let outputs = described.stacks().first().map(aws_sdk_cloudformation::types::Stack::outputs).unwrap_or_default();
    Ok(outputs.iter().filter_map(|output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned()))).collect())
}

/// Where an emulator's database server is: the name that it gives leads nowhere, and what stands for it listens beside it.
pub fn emulated_database_host(endpoint: &str) -> String {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_emulators_database_is_beside_it() {
        for (endpoint, host) in [("http://127.0.0.1:4566", "127.0.0.1"), ("http://localhost:1/", "localhost"), ("emulator", "emulator")] {
            assert_eq!(super::emulated_database_host(endpoint), host);
        }
    }
}
