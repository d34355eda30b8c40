//! The bootstrap of Slipform's functions on AWS: the five stages of an app and the steward of databases, behind the Lambda Runtime
//! API. Which one it is, a variable says.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use slipform::deploy::aws::function::Function;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long Lambda lets a function run at most (AWS Lambda developer guide, "Lambda quotas").
const LONGEST: Duration = Duration::from_mins(15);

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Lambda keeps what is written here in the function's log group.
    tracing_subscriber::fmt().json().with_env_filter("info").with_writer(std::io::stdout).with_ansi(false).init();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let function = Arc::new(Function::start(&std::env::vars().collect()).await?);
    run(service_fn(move |event: LambdaEvent<Value>| {
        let function = function.clone();
        async move {
            // Lambda begins nothing after its deadline; an emulator that tells one of long ago means that there is none.
            let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or(LONGEST);
            Ok::<_, Error>(Box::pin(function.answer(event.payload, left)).await)
        }
    }))
    .await
}
