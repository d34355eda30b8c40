//! Who may do what in AWS: the roles of one app, each with what it needs and nothing else.

use crate::account::{Account, Foundation};
use crate::names::Names;
use serde_json::{Value, json};

/// A service may assume the role.
pub fn trust(service: &str) -> Value {
    statement_list(&[json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" })])
}

/// What the functions of a set may do: their network, their log, their folder, their inputs and answers, and for the last stage their app's buckets.
pub fn functions(account: &Account, foundation: &Foundation, names: &Names, access_point_arn: &str) -> Value {
    let arn = |rest: String| format!("arn:{}:{rest}", account.partition);
    let log = arn(format!("logs:{}:{}:log-group:{}:*", account.region, account.id, names.function_logs()));
    let artifacts = arn(format!("s3:::{}", foundation.artifact_bucket));
    let folder = names.access_point();
    statement_list(&[
        // Lambda makes a function's network interfaces with the function's own role; these actions know no resources.
        json!({ "Sid": "Network", "Effect": "Allow", "Resource": "*", "Action": ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"] }),
        json!({ "Sid": "Log", "Effect": "Allow", "Resource": log, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"] }),
        json!({ "Sid": "Files", "Effect": "Allow", "Resource": foundation.file_system_arn,
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Condition": { "StringEquals": { "elasticfilesystem:AccessPointArn": access_point_arn } } }),
        json!({ "Sid": "Inputs", "Effect": "Allow", "Resource": format!("{artifacts}/inputs/{folder}/*"), "Action": "s3:GetObject" }),
        json!({ "Sid": "Code", "Effect": "Allow", "Resource": format!("{artifacts}/code/{folder}/*"), "Action": ["s3:PutObject", "s3:DeleteObject"] }),
        json!({ "Sid": "Answers", "Effect": "Allow", "Resource": format!("{artifacts}/answers/{folder}/*"), "Action": "s3:PutObject" }),
        json!({ "Sid": "Web", "Effect": "Allow", "Resource": arn(format!("s3:::{}/*", web_buckets(account, names))), "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"] }),
        json!({ "Sid": "WebList", "Effect": "Allow", "Resource": arn(format!("s3:::{}", web_buckets(account, names))), "Action": "s3:ListBucket" }),
        json!({ "Sid": "Secrets", "Effect": "Allow", "Resource": arn(format!("secretsmanager:{}:{}:secret:{}-*", account.region, account.id, secrets(names))),
            "Action": "secretsmanager:GetSecretValue" }),
    ])
}

/// Production has one bucket and one secret. The previews of an app come and go, and share their functions.
fn web_buckets(account: &Account, names: &Names) -> String {
    if names.scope().production { names.bucket(&account.id) } else { format!("{}-*-{}", names.set(), account.id) }
}

fn secrets(names: &Names) -> String {
    if names.scope().production { names.secret() } else { format!("slipform/{}/{}-*", names.scope().installation, names.set()) }
}

/// What the app's server may do: read its own release.
pub fn task(foundation: &Foundation, access_point_arn: &str) -> Value {
    statement_list(&[json!({ "Sid": "Files", "Effect": "Allow", "Resource": foundation.file_system_arn, "Action": "elasticfilesystem:ClientMount",
        "Condition": { "StringEquals": { "elasticfilesystem:AccessPointArn": access_point_arn } } })])
}

/// What ECS may do to start the server: read its secret, write its log.
pub fn execution(account: &Account, names: &Names, secret_arn: &str) -> Value {
    let log = format!("arn:{}:logs:{}:{}:log-group:{}:*", account.partition, account.region, account.id, names.server_logs());
    statement_list(&[
        json!({ "Sid": "Secret", "Effect": "Allow", "Resource": secret_arn, "Action": "secretsmanager:GetSecretValue" }),
        json!({ "Sid": "Log", "Effect": "Allow", "Resource": log, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"] }),
    ])
}

/// Only the environment's own distribution reads its bucket, and nobody without TLS.
pub fn bucket(account: &Account, bucket: &str, distribution_arn: &str) -> Value {
    let arn = format!("arn:{}:s3:::{bucket}", account.partition);
    statement_list(&[
        json!({ "Sid": "Distribution", "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" }, "Action": "s3:GetObject",
            "Resource": format!("{arn}/*"), "Condition": { "StringEquals": { "AWS:SourceArn": distribution_arn } } }),
        json!({ "Sid": "OnlyEncrypted", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, format!("{arn}/*")],
            // AWS's own services are not asked how they come: CloudFront signs what it fetches, and does so with TLS.
            "Condition": { "Bool": { "aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false" } } }),
    ])
}

fn statement_list(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Policies are compared as JSON: AWS gives them back with other spaces, some percent-encoded.
pub fn same(stored: &str, wanted: &Value) -> bool {
    let decoded = decode(stored);
    serde_json::from_str::<Value>(&decoded).is_ok_and(|stored| stored == *wanted)
}

/// A policy document as JSON: some come percent-encoded.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
        let (byte, next) = digits.map_or((first, tail), |byte| (byte, &tail[2..]));
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_the_same_in_whatever_form_aws_gives_it_back() {
        let wanted = trust("lambda.amazonaws.com");
        assert!(same(&wanted.to_string(), &wanted) && same(&serde_json::to_string_pretty(&wanted).unwrap(), &wanted));
        assert!(same(&wanted.to_string().replace('"', "%22").replace('{', "%7B"), &wanted));
        assert!(!same(&trust("ecs-tasks.amazonaws.com").to_string(), &wanted) && !same("", &wanted));
    }
}
