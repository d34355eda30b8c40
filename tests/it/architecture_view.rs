//! What an environment consists of, as data and as a picture.

#[cfg(feature = "aws")]
use crate::harness::checkout;
use crate::harness::story::{ORGANIZATION, create_app, notes, with_notes};
use crate::harness::{Installation, program, temporary_folder};
use serde_json::{Value, json};
#[cfg(feature = "aws")]
use slipform::app::architecture::{
    Architecture,
    graph::{Entry, Facts, Graph},
    prices::Estimate,
};
#[cfg(feature = "aws")]
use slipform::domain::{EnvironmentKind, Layer, PartState, TargetKind};
use std::collections::BTreeSet;

const ARCHITECTURE: &str = "/v1/organizations/default/apps/notes/environments/production/architecture";

/// The value of a key in every item of a list.
fn each<'a>(list: &'a Value, key: &str) -> BTreeSet<&'a str> {
    list.as_array().unwrap().iter().filter_map(|item| item[key].as_str()).collect()
}

#[tokio::test]
async fn a_live_app_tells_its_parts_with_their_states_and_draws_them() {
    let (installation, _) = with_notes().await;
    let api = installation.client();
    let it = api.get(ARCHITECTURE).await.expect(200);
    let of = |kind: &str| it["parts"].as_array().unwrap().iter().find(|part| part["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {it:#}")).clone();
    assert_eq!((&it["environment"], &it["target"]), (&json!("production"), &json!("local")));
    for (kind, state, layer) in [
        ("address", "present", "address"),
        ("route", "present", "edge"),
        ("process", "running", "application"),
        ("role", "present", "data"),
        ("database", "present", "data"),
        ("folder", "present", "data"),
    ] {
        assert_eq!((&of(kind)["state"], &of(kind)["layer"]), (&json!(state), &json!(layer)), "{kind}: {it:#}");
    }
    assert_eq!(of("visitor")["state"], Value::Null);
    assert_eq!(it["layers"], json!(["visitor", "address", "edge", "application", "data"]));

    // Every part is linked, and every link has parts at its ends.
    let (ids, links) = (each(&it["parts"], "id"), &it["links"]);
    let ends: BTreeSet<&str> = each(links, "from").union(&each(links, "to")).copied().collect();
    assert_eq!(ids, ends, "{it:#}");
    assert_eq!((&it["cost"]["monthly"], &it["cost"]["region"], &it["cost"]["currency"]), (&json!(0.0), &Value::Null, &json!("USD")));
    assert!(it["cost"]["assumptions"][0]["meaning"].as_str().unwrap().contains("beyond the machine"));
    // Neither a path of the machine nor a secret.
    let administrator = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production/administrator")).await.expect(200)["password"].clone();
    let picture = api.get(&format!("{ARCHITECTURE}.svg")).await;
    for told in [it.to_string(), picture.text.clone()] {
        assert!(!told.contains(installation.home().to_str().unwrap()) && !told.contains(administrator.as_str().unwrap()), "{told}");
    }

    picture.expect_text(200);
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert_eq!(picture.headers["content-security-policy"], "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    is_picture(&picture.text);
    for words in ["Server process", "running", "Database role", "notes · production"] {
        assert!(picture.text.contains(words), "{words}: {}", picture.text);
    }
    // Nothing has changed: nothing is sent again.
    let again = api.request(reqwest::Method::GET, &format!("{ARCHITECTURE}.svg")).header("if-none-match", picture.headers["etag"].clone());
    assert_eq!(api.send(again).await.status, 304);

    the_command_shows_the_same(&installation).await;
    installation.stop().await;
}

async fn the_command_shows_the_same(installation: &Installation) {
    let folder = temporary_folder();
    let run = async |line: &str| {
        let mut command = tokio::process::Command::new(program());
        command.args(line.split_whitespace()).current_dir(folder.path()).env("HOME", folder.path());
        command.env("SLIPFORM_SERVER", installation.ready["api"].as_str().unwrap()).env("SLIPFORM_TOKEN", installation.ready["token"].as_str().unwrap());
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let table = run("architecture notes").await;
    assert!(table.contains("Server process") && table.contains("It costs nothing beyond the machine."), "{table}");
    let printed: Value = serde_json::from_str(&run("architecture notes --json").await).unwrap();
    assert_eq!(printed["target"], "local");
    assert_eq!(run("architecture notes --environment production --svg notes.svg").await, "notes.svg\n");
    assert!(std::fs::read_to_string(folder.path().join("notes.svg")).unwrap().starts_with("<svg "));
}

#[tokio::test]
async fn before_its_first_build_there_is_the_address_alone_and_others_see_nothing() {
    let installation = Installation::start().await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let it = api.get(ARCHITECTURE).await.expect(200);
    assert_eq!((each(&it["parts"], "kind"), &it["links"]), (["address"].into(), &json!([])));
    assert_eq!(it["parts"][0]["state"], "intended");
    is_picture(api.get(&format!("{ARCHITECTURE}.svg")).await.expect_text(200));

    let session = api.post("/v1/auth/sign-in", &installation.ready["credentials"]).await.expect(200);
    let person = api.with_token(session["accessToken"].as_str().unwrap());
    person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
    let token = person.post("/v1/organizations/other/tokens", &json!({ "name": "Other", "role": "admin" })).await.expect(201);
    let stranger = api.with_token(token["secret"].as_str().unwrap());
    for path in [ARCHITECTURE.to_owned(), format!("{ARCHITECTURE}.svg"), ARCHITECTURE.replace("/default/", "/other/")] {
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
    }
    installation.stop().await;
}

/// The ledger of an app on AWS, with the names that the target gives.
#[cfg(feature = "aws")]
fn on_aws() -> Facts {
    use slipform_aws::names::{Names, STAGES, Scope};

    let names = Names::new(&Scope {
        installation: "slipform".into(),
        organization: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11".into(),
        app: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f12".into(),
        app_slug: "car-rental".into(),
        environment: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f13".into(),
        environment_slug: "production".into(),
        production: true,
    });
    let database = "app_0199aa2e5a4b7cc18d5e3f1f6f0f8f13".to_owned();
    let mut things = vec![
        ("logGroup", names.function_logs()),
        ("logGroup", names.server_logs()),
        ("accessPoint", names.folder()),
        ("role", names.function_role()),
        ("role", names.task_role()),
        ("role", names.execution_role()),
        ("secret", names.secret()),
        ("targetGroup", names.target_group()),
        ("listenerRule", names.target_group()),
        ("alarms", names.alarm("")),
        ("bucket", names.bucket("123456789012")),
        ("distribution", names.distribution()),
        ("record", "car-rental.apps.example.com".into()),
        ("database", database.clone()),
        ("databaseRole", database),
        ("service", names.service()),
        ("scaling", names.service()),
    ];
    things.extend(STAGES.map(|stage| ("function", names.function(stage))));
    let entry = |(kind, name): (&str, String)| Entry { kind: kind.into(), name, state: PartState::Present, observed: None };
    Facts {
        target: TargetKind::Aws,
        kind: EnvironmentKind::Production,
        url: "https://car-rental.apps.example.com".into(),
        deleting: false,
        live: true,
        process: None,
        ledger: things.into_iter().map(entry).collect(),
    }
}

#[cfg(feature = "aws")]
#[test]
fn the_names_of_the_aws_target_are_recognized() {
    let facts = on_aws();
    let graph = Graph::new(&facts);
    let titles: BTreeSet<&str> = graph.nodes.iter().map(|node| node.title).collect();
    assert_eq!(titles.len(), facts.ledger.len() + 2, "each is something of its own, beside the visitor and the address: {titles:?}");
    assert!(graph.nodes.iter().all(|node| node.layer != Layer::Other), "{titles:?}");
}

/// `UPDATE=1` writes it.
#[cfg(feature = "aws")]
#[test]
fn the_picture_of_the_documentation_is_the_one_of_this_code() {
    let facts = on_aws();
    let graph = Graph::new(&facts);
    let estimate = Estimate::new(facts.target, &graph);
    let it = Architecture { app: "Car rental".into(), environment: "production".into(), target: facts.target, url: facts.url, graph, estimate };
    let (file, now) = (checkout().join("docs/images/architecture-aws.svg"), it.diagram());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == now, "docs/images/architecture-aws.svg differs from the code. UPDATE=1 writes it; then look at it");
}

/// A parser takes it, and it is an image.
fn is_picture(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
    assert_eq!(document.root_element().tag_name().name(), "svg");
}
