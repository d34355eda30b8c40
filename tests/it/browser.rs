//! What a person does in a real browser with the app that the first start brings live.

use crate::harness::{Installation, checkout};
use tokio::process::Command;

#[tokio::test]
async fn a_guest_signs_up_books_a_car_and_sees_an_overlapping_booking_refused() {
    let installation = Installation::start_with(&[("SLIPFORM_EXAMPLE", "car-rental")]).await;
    let address = installation.ready["apps"][0]["url"].as_str().expect("the app is live");
    // `make pictures` renews the picture of the README; otherwise they are for whoever looks into a failure.
    let pictures = match std::env::var("SLIPFORM_PICTURES") {
        Ok(folder) => checkout().join(folder),
        Err(_) => std::env::temp_dir().join(format!("slipform-pictures-{}", std::process::id())),
    };
    let script = checkout().join("tests/browser/car-rental.mjs");
    let output = Command::new("node").arg(script).arg(address).arg(&pictures).output().await.expect("node runs");
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{words}\npictures: {}", pictures.display());
    installation.stop().await;
}
