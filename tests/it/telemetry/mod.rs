//! What operators see: metrics on a port of their own, and one trace of a request and all that follows from it.

mod collector;
mod metrics;
mod operator;
mod queue;
mod traces;
