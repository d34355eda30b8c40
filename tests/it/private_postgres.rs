//! The private Postgres: who can reach it, and who can come in.

use crate::harness::{program, temporary_folder};
use slipform::boot::postgres::{Cluster, running};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::str::FromStr as _;

/// Where a process listens: lines of `/proc/net/tcp` and its like that belong to it, cut to the address.
fn listening(pid: u32) -> Vec<String> {
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| Some(std::fs::read_link(fd.path()).ok()?.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let mut found = Vec::new();
    // The columns of the address, of the state or the flags, and of the inode; LISTEN is 0A, __SO_ACCEPTCON 00010000.
    for (table, address, state, inode, listens) in [("tcp", 1, 3, 9, "0A"), ("tcp6", 1, 3, 9, "0A"), ("unix", 7, 3, 6, "00010000")] {
        let text = std::fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
        for fields in text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>()) {
            if fields.get(state) == Some(&listens) && fields.get(inode).is_some_and(|inode| sockets.iter().any(|socket| socket == inode)) {
                found.push(format!("{table} {}", fields.get(address).unwrap_or(&"")));
            }
        }
    }
    found
}

fn postmaster(folder: &Path) -> u32 {
    let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    lock.lines().next().unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn the_private_postgres_listens_on_loopback_alone_and_lets_nobody_in_without_the_password() {
    let folder = temporary_folder();
    let home = folder.path().join("postgres");
    let cluster = Cluster::start(&home, None, &program(), &[]).await.unwrap();
    let right = PgConnectOptions::from_str(cluster.url().expose()).unwrap();
    let port = right.get_port();
    assert_eq!(running(&home).unwrap().expose(), cluster.url().expose(), "who operates it finds it");
    assert_eq!(listening(postmaster(&home)), [format!("tcp 0100007F:{port:04X}")]);
    assert_eq!(std::fs::metadata(home.join("password")).unwrap().permissions().mode() & 0o777, 0o600);

    // As everybody on the machine could try.
    let knock = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port).database("postgres");
    for (user, password) in [("slipform", None), ("slipform", Some("")), ("slipform", Some("slipform")), ("postgres", None), ("postgres", Some("postgres"))] {
        let options = password.iter().fold(knock.clone().username(user), |options, password| options.password(password));
        let error = options.connect().await.expect_err("nobody comes in");
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(std::borrow::Cow::into_owned);
        assert_eq!(code.as_deref(), Some("28P01"), "{user} {password:?}: {error}");
    }
    let mut inside = PgConnection::connect_with(&right).await.unwrap();
    let methods: Vec<String> = sqlx::query_scalar("select distinct auth_method from pg_hba_file_rules").fetch_all(&mut inside).await.unwrap();
    assert_eq!(methods, ["scram-sha-256"]);
    inside.close().await.unwrap();

    // The next start has the same password, which is all that the data know.
    let password = std::fs::read_to_string(home.join("password")).unwrap();
    cluster.stop().await;
    assert!(running(&home).unwrap_err().to_string().contains("no Slipform runs on"));
    let again = Cluster::start(&home, None, &program(), &[]).await.unwrap();
    assert!(again.url().expose().contains(&password));
    PgConnection::connect(again.url().expose()).await.unwrap().close().await.unwrap();
    again.stop().await;
}
