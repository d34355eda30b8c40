//! What workers read and write while they run builds and delete things. They cross organizations, under the role
//! `slipform_worker`.
//!
//! Whatever belongs to a running build is written under its fencing token: the build's row is locked and compared
//! first, so a worker that lost its lease changes nothing, and a build's events become visible in the order of their ids.
//! Product rows are locked before those of the queue.

mod outcome;
mod removal;
mod steps;
mod subject;

pub use outcome::{NewRelease, Switched, applied_migrations, go_live, record_drift, record_release, record_schema, restore_runtime};
pub use removal::{
    AppEnd, Swept, apps_environments, delete_app, delete_environment, environment, file_owners, lock_environment, mark_app_deleting, mark_environment_deleting,
    open_builds, sweep,
};
pub use steps::{StepRow, end_step, log, start_step, steps};
pub use subject::{EnvironmentRow, Subject, subject};
