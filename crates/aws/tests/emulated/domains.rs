//! Custom domains: shown, pending until ACM has issued a certificate, attached, detached.

use crate::emulator::{Calls, Emulator, Fault, Faults, scope};
use crate::environment::{front, wanted};
use crate::faults::step;
use slipform_aws::ensure::certificate::State;
use slipform_aws::ledger::{InMemory, Ledger as _};
use slipform_aws::{Account, Connection, Environment, Names};
use std::time::Duration;

const HOST: &str = "car-rental.apps.example.test";

/// The names of the distribution, sorted, and its certificate.
async fn served(account: &Account, id: &str) -> (Vec<String>, String) {
    let found = account.cloudfront.get_distribution_config().id(id).send().await.unwrap().distribution_config.unwrap();
    let mut names = found.aliases().unwrap().items().to_vec();
    names.sort();
    (names, found.viewer_certificate().unwrap().acm_certificate_arn().unwrap().to_owned())
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_wait_for_their_certificate_and_what_is_attached_stays_meanwhile() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (mut account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    // The emulator that scales also lets certificates wait.
    let slow = Connection { endpoint: Some(emulator.scaling_endpoint.clone()), ..emulator.connection(&calls, &faults) };
    account.acm = Account::connect(&slow).await.unwrap().acm;
    let ledger = InMemory::default();
    let environment = Environment::new(&account, &foundation, Names::new(&scope("e1", true)), &ledger);
    let made = environment.ensure(&wanted(HOST)).await.unwrap();
    let own = (names(&[HOST]), foundation.certificate_arn.clone());
    assert_eq!(served(&account, &made.distribution.id).await, own);

    let www = names(&["www.example.com"]);
    let begun = environment.domains(&front(HOST), &www).await.unwrap();
    assert_eq!((begun.target.as_str(), &begun.attached), (made.distribution.domain.as_str(), &Vec::new()));
    assert_eq!(begun.certificate.as_ref().unwrap().state, State::Pending);
    let (name, _) = begun.validation("www.example.com").unwrap().record.clone().unwrap();
    assert!(name.ends_with(".www.example.com."), "{name}");
    assert_eq!(served(&account, &made.distribution.id).await, own, "nothing has changed for visitors");
    // What shows that our own host is ours is set by us.
    let records = account.route53.list_resource_record_sets().hosted_zone_id(&foundation.hosted_zone).send().await.unwrap();
    assert!(records.resource_record_sets().iter().any(|set| set.name().contains(HOST) && set.name().starts_with('_')), "{records:?}");

    let until_issued = async |wanted: &[String]| {
        for _ in 0..100 {
            let now = environment.domains(&front(HOST), wanted).await.unwrap();
            if now.certificate.as_ref().unwrap().state == State::Issued {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no certificate was issued");
    };
    let attached = until_issued(&www).await;
    assert_eq!(attached.attached, www);
    let first = attached.certificate.unwrap().arn;
    assert_eq!(served(&account, &made.distribution.id).await, (names(&[HOST, "www.example.com"]), first.clone()));
    // A later build keeps them.
    environment.ensure(&wanted(HOST)).await.unwrap();
    assert_eq!(served(&account, &made.distribution.id).await, (names(&[HOST, "www.example.com"]), first.clone()));
    calls.take();
    environment.domains(&front(HOST), &www).await.unwrap();
    let again = calls.take();
    assert!(again.iter().all(|call| ["Get", "List", "Describe", "Head"].iter().any(|verb| call.split('.').nth(1).unwrap().starts_with(verb))), "{again:?}");

    // A second one waits, and the first stays as it is.
    let both = names(&["shop.example.com", "www.example.com"]);
    let waits = environment.domains(&front(HOST), &both).await.unwrap();
    assert_eq!(waits.attached, www);
    assert_eq!(served(&account, &made.distribution.id).await, (names(&[HOST, "www.example.com"]), first.clone()));
    let now = until_issued(&both).await;
    assert_eq!(served(&account, &made.distribution.id).await, (names(&[HOST, "shop.example.com", "www.example.com"]), now.certificate.unwrap().arn));
    assert!(account.acm.describe_certificate().certificate_arn(&first).send().await.is_err(), "the first certificate is gone");

    // The last one goes, and with it everything that was made for it.
    environment.domains(&front(HOST), &[]).await.unwrap();
    assert_eq!(served(&account, &made.distribution.id).await, own);
    assert!(account.acm.list_certificates().send().await.unwrap().certificate_summary_list().is_empty());
    let kinds: Vec<String> = ledger.entries().await.unwrap().into_iter().map(|entry| entry.kind).collect();
    assert!(!kinds.iter().any(|kind| ["certificate", "domains", "validationRecord"].contains(&kind.as_str())), "{kinds:?}");

    // An environment that ends with a domain leaves nothing either.
    environment.domains(&front(HOST), &www).await.unwrap();
    assert!(!environment.left(&front(HOST), true, true).await.unwrap().is_empty());
    environment.remove(&front(HOST), true, true).await.unwrap();
    assert_eq!(environment.left(&front(HOST), true, true).await.unwrap(), Vec::<String>::new());
    assert_eq!(ledger.entries().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_answer_is_lost_the_domains_are_attached_and_detached_in_the_end() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let ledger = InMemory::default();
    let environment = Environment::new(&account, &foundation, Names::new(&scope("e1", true)), &ledger);
    let made = environment.ensure(&wanted(HOST)).await.unwrap();
    let www = names(&["www.example.com"]);
    let (all, own) = (names(&[HOST, "www.example.com"]), names(&[HOST]));
    for fault in [Fault::Lost, Fault::Throttled] {
        let mut at = 0;
        loop {
            let mut requests = 0;
            for (wish, right) in [(&www[..], &all), (&[], &own)] {
                calls.take();
                faults.plan(at, fault);
                let begun = environment.domains(&front(HOST), wish).await;
                requests = faults.clear().max(requests);
                let context = format!("{fault:?} at request {at} for {wish:?}: {:?}", calls.take().get(at));
                if let Err(error) = begun {
                    environment.domains(&front(HOST), wish).await.unwrap_or_else(|again| panic!("{context}: {error}, then {again}"));
                }
                assert_eq!(served(&account, &made.distribution.id).await.0, *right, "{context}");
            }
            assert!(account.acm.list_certificates().send().await.unwrap().certificate_summary_list().is_empty(), "{fault:?} at request {at}");
            at += step();
            if at >= requests {
                break;
            }
        }
        assert!(at > 5, "only {at} requests");
    }
}
