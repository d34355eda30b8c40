//! Why no answer came, in words for whoever looks after the receiver. Never an address: what a name leads to within a network is
//! nobody's business.

use super::guard::{CONNECT, NoAddress, TOTAL};
use std::error::Error;
use std::io;

const EARLY: &str = "It closed the connection too early.";

/// One sentence. `answering`: the head of the answer had come.
pub fn words(error: &reqwest::Error, answering: bool) -> String {
    let cause = causes(error).find_map(known);
    match cause {
        Some(cause) => cause.to_owned(),
        None if error.is_timeout() && answering => format!("Its answer did not end within {} seconds.", TOTAL.as_secs()),
        None if error.is_timeout() && error.is_connect() => format!("No connection came about within {} seconds.", CONNECT.as_secs()),
        None if error.is_timeout() => format!("It did not answer within {} seconds.", TOTAL.as_secs()),
        None if error.is_connect() => "No connection came about.".to_owned(),
        None if answering => "Its answer broke off.".to_owned(),
        None => "The request failed.".to_owned(),
    }
}

/// The error and what caused it. What an `io::Error` wraps is not its source, but what it is about.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if error.is::<NoAddress>() {
        return Some("Its name leads to no address of the public internet. Check its DNS records.");
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(tls(error));
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return http(error);
    }
    Some(match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => "It refuses connections: nothing listens at this port.",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => "It broke the connection off.",
        io::ErrorKind::UnexpectedEof => EARLY,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable => "There is no way to its network.",
        _ => return None,
    })
}

fn tls(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Wrong;
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return "No TLS connection came about. Check that this port is for https, with TLS 1.2 or 1.3.";
    };
    match wrong {
        Wrong::Expired | Wrong::ExpiredContext { .. } => "Its certificate has expired.",
        Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => "Its certificate is not valid yet.",
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => "Its certificate is for another name.",
        Wrong::UnknownIssuer => "Its certificate comes from nobody who is trusted here. Check that it sends the whole chain.",
        Wrong::Revoked => "Its certificate was revoked.",
        _ => "Its certificate cannot be accepted.",
    }
}

fn http(error: &hyper::Error) -> Option<&'static str> {
    if error.is_incomplete_message() || error.is_closed() {
        Some(EARLY)
    } else if error.is_parse() || error.source().is_none() && !error.is_canceled() {
        // What has no cause is an answer that came before the request, as SSH and SMTP begin.
        Some("Its answer is not HTTP/1.1.")
    } else {
        None
    }
}
