//! Whether these credentials may do what the control plane does: IAM is asked for each statement of the foundation's own policies, with
//! an example of what it is about and under the conditions that it names.

use super::{Doctor, Finding, Outputs};
use crate::error::{Error, Kind, Result, failed};
use crate::policies::decode;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use serde_json::Value;
use std::collections::BTreeSet;

const NAME: &str = "permissions";

/// What a statement of a policy allows.
#[derive(Debug, PartialEq, Eq)]
struct Allowed {
    actions: Vec<String>,
    resources: Vec<String>,
    /// A key of each condition, and a value with which it holds.
    context: Vec<(String, String)>,
}

impl Doctor {
    pub(super) async fn permissions(&self, outputs: &Outputs) -> Result<Finding> {
        let arns = [outputs.get("ControlPlanePolicyArn")?, outputs.get("ControlPlaneServersPolicyArn")?];
        if self.principal.ends_with(":root") {
            return Ok(Finding::ok(NAME, "the root user may do everything"));
        }
        let principal = self.source().await?;
        let (mut asked, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for arn in arns {
            for allowed in self.policy(arn).await? {
                missing.extend(self.refused(&principal, &allowed).await?);
                asked.extend(allowed.actions);
            }
        }
        if missing.is_empty() {
            return Ok(Finding::ok(NAME, format!("{principal} may do all {} things that the control plane does", asked.len())));
        }
        let seen = format!("{principal} may not do what the control plane does: {}", missing.into_iter().collect::<Vec<_>>().join(", "));
        let advice = format!("Attach both policies to the control plane's user or role, and run this command with its credentials: {}", arns.join(" "));
        Ok(Finding::problem(NAME, seen, advice))
    }

    /// The user or role that policies are attached to: of a session, its role.
    async fn source(&self) -> Result<String> {
        let Some((_, session)) = self.principal.split_once(":assumed-role/") else { return Ok(self.principal.clone()) };
        let role = session.split('/').next().unwrap_or_default();
        let found = self.account.iam.get_role().role_name(role).send().await.map_err(failed("iam:GetRole"))?;
        Ok(found.role.map(|role| role.arn).unwrap_or_default())
    }

    /// The statements of a policy as it is in the account.
    async fn policy(&self, arn: &str) -> Result<Vec<Allowed>> {
        let policy = self.account.iam.get_policy().policy_arn(arn).send().await.map_err(failed("iam:GetPolicy"))?;
        let version = policy.policy.and_then(|policy| policy.default_version_id).unwrap_or_default();
        let found = self.account.iam.get_policy_version().policy_arn(arn).version_id(version).send().await.map_err(failed("iam:GetPolicyVersion"))?;
        let text = decode(found.policy_version().and_then(|version| version.document()).unwrap_or_default());
        let unreadable = |error: serde_json::Error| Error::new(Kind::Refused, "iam:GetPolicyVersion", "unreadable-answer", format!("{arn}: {error}"));
        let document: Value = serde_json::from_str(&text).map_err(unreadable)?;
        Ok(statements(&document))
    }

    /// The actions of a statement that these credentials are refused.
    async fn refused(&self, principal: &str, allowed: &Allowed) -> Result<Vec<String>> {
        let mut simulate = self.account.iam.simulate_principal_policy().policy_source_arn(principal);
        simulate = simulate.set_action_names(Some(allowed.actions.clone())).set_resource_arns(Some(allowed.resources.clone()));
        for (key, value) in &allowed.context {
            let entry = ContextEntry::builder().context_key_name(key).context_key_type(ContextKeyTypeEnum::String).context_key_values(value);
            simulate = simulate.context_entries(entry.build());
        }
        let mut pages = simulate.into_paginator().items().send();
        let mut refused = Vec::new();
        while let Some(result) = pages.next().await {
            let result = result.map_err(failed("iam:SimulatePrincipalPolicy"))?;
            if *result.eval_decision() != PolicyEvaluationDecisionType::Allowed {
                refused.push(result.eval_action_name().to_owned());
            }
        }
        Ok(refused)
    }
}

fn statements(document: &Value) -> Vec<Allowed> {
    let one = |statement: &Value| Allowed {
        actions: texts(&statement["Action"]),
        // An example of what a pattern names; `*` alone is also IAM's word for no resource at all.
        resources: texts(&statement["Resource"]).into_iter().map(|arn| if arn == "*" { arn } else { arn.replace('*', "example") }).collect(),
        context: statement["Condition"]
            .as_object()
            .into_iter()
            .flat_map(|operators| operators.values().filter_map(Value::as_object).flatten())
            .filter_map(|(key, value)| Some((key.clone(), texts(value).into_iter().next()?)))
            .collect(),
    };
    document["Statement"].as_array().into_iter().flatten().map(one).collect()
}

/// IAM writes a list of one as that one.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_statement_is_asked_for_with_an_example_under_its_conditions() {
        let document = json!({ "Statement": [
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/slf-*",
              "Condition": { "StringEquals": { "iam:PassedToService": ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"] } } },
            { "Effect": "Allow", "Action": ["a:List", "a:Get"], "Resource": "*" },
        ] });
        let [pass, look] = statements(&document).try_into().unwrap();
        assert_eq!((pass.actions, pass.resources), (vec!["iam:PassRole".to_owned()], vec!["arn:aws:iam::1:role/slf-example".to_owned()]));
        assert_eq!(pass.context, [("iam:PassedToService".to_owned(), "lambda.amazonaws.com".to_owned())]);
        assert_eq!((look.actions.len(), look.resources, look.context.len()), (2, vec!["*".to_owned()], 0));
    }
}
