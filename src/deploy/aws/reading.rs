//! What people read of an app: the code bases of its releases, and the log of its server.

use super::{AwsTarget, names, stage, step_failed};
use crate::deploy::EnvironmentRef;
use crate::domain::ReleaseId;
use crate::stages::StageError;
use slipform_aws::logs::{self, Event};
use slipform_aws::objects;

impl AwsTarget {
    /// The code base of a release as a zip archive; `None` where it is not in the artifact bucket.
    pub async fn code(&self, env: &EnvironmentRef, release: ReleaseId) -> Result<Option<Vec<u8>>, StageError> {
        let (account, foundation) = Box::pin(self.place(env)).await?;
        let key = format!("{}{release}.zip", stage::archive(&names(env, &foundation)));
        objects::get(&account, &foundation.artifact_bucket, &key).await.map_err(|e| step_failed(&e))
    }

    /// The newest lines of the server's log, in order: at least `wanted`, where there are so many.
    pub async fn last_lines(&self, env: &EnvironmentRef, wanted: usize) -> Result<Vec<Event>, StageError> {
        let (account, foundation) = Box::pin(self.place(env)).await?;
        logs::last(&account, &names(env, &foundation).server_logs(), wanted).await.map_err(|e| step_failed(&e))
    }

    /// The lines of the server's log since a time in milliseconds since 1970, in order.
    pub async fn lines_since(&self, env: &EnvironmentRef, since: i64) -> Result<Vec<Event>, StageError> {
        let (account, foundation) = Box::pin(self.place(env)).await?;
        logs::since(&account, &names(env, &foundation).server_logs(), since).await.map_err(|e| step_failed(&e))
    }
}
