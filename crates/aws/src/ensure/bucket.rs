//! The bucket of an environment's web assets: private, encrypted, versioned, read by its own distribution alone.

use crate::account::Account;
use crate::error::{Absent as _, Error, Kind, Result, failed, incomplete};
use crate::policies;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, Delete,
    ExpirationStatus, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration, ObjectIdentifier, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};

/// Makes sure of it. The settings go one after another: S3 refuses two changes of one bucket at once.
pub async fn ensure(account: &Account, name: &str, tags: &[(&'static str, String)]) -> Result<()> {
    let s3 = &account.s3;
    if s3.head_bucket().bucket(name).send().await.map_err(failed("s3:ListBucket")).absent()?.is_none() {
        create(account, name).await?;
    }
    let block = s3.get_public_access_block().bucket(name).send().await.map_err(failed("s3:GetBucketPublicAccessBlock")).absent()?;
    let closed = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true)
        .build();
    if block.and_then(|block| block.public_access_block_configuration) != Some(closed.clone()) {
        let put = s3.put_public_access_block().bucket(name).public_access_block_configuration(closed);
        put.send().await.map_err(failed("s3:PutBucketPublicAccessBlock"))?;
    }
    let encryption = s3.get_bucket_encryption().bucket(name).send().await.map_err(failed("s3:GetEncryptionConfiguration")).absent()?;
    let encrypted = encryption.and_then(|found| found.server_side_encryption_configuration).is_some_and(|found| !found.rules().is_empty());
    if !encrypted {
        let default = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build().map_err(incomplete("s3:PutBucket"))?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(incomplete("s3:PutBucket"))?;
        let put = s3.put_bucket_encryption().bucket(name).server_side_encryption_configuration(configuration);
        put.send().await.map_err(failed("s3:PutEncryptionConfiguration"))?;
    }
    let versioning = s3.get_bucket_versioning().bucket(name).send().await.map_err(failed("s3:GetBucketVersioning"))?;
    if versioning.status() != Some(&BucketVersioningStatus::Enabled) {
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        s3.put_bucket_versioning().bucket(name).versioning_configuration(enabled).send().await.map_err(failed("s3:PutBucketVersioning"))?;
    }
    let lifecycle = s3.get_bucket_lifecycle_configuration().bucket(name).send().await.map_err(failed("s3:GetLifecycleConfiguration")).absent()?;
    if !lifecycle.is_some_and(|found| found.rules().iter().any(|rule| rule.id() == Some(LIFECYCLE))) {
        let rule = LifecycleRule::builder()
            .id(LIFECYCLE)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(30).build())
            .abort_incomplete_multipart_upload(AbortIncompleteMultipartUpload::builder().days_after_initiation(1).build())
            .build()
            .map_err(incomplete("s3:PutBucket"))?;
        let configuration = BucketLifecycleConfiguration::builder().rules(rule).build().map_err(incomplete("s3:PutBucket"))?;
        let put = s3.put_bucket_lifecycle_configuration().bucket(name).lifecycle_configuration(configuration);
        put.send().await.map_err(failed("s3:PutLifecycleConfiguration"))?;
    }
    tag(account, name, tags).await
}

const LIFECYCLE: &str = "slipform";

async fn create(account: &Account, name: &str) -> Result<()> {
    let mut create = account.s3.create_bucket().bucket(name);
    // The first region has no name here.
    if account.region != "us-east-1" {
        let place = BucketLocationConstraint::from(account.region.as_str());
        create = create.create_bucket_configuration(CreateBucketConfiguration::builder().location_constraint(place).build());
    }
    match create.send().await.map_err(failed("s3:CreateBucket")) {
        Err(error) if error.code == "BucketAlreadyOwnedByYou" => Ok(()),
        Err(error) if error.code == "BucketAlreadyExists" => Err(Error::new(
            Kind::Refused,
            "s3:CreateBucket",
            "bucket-taken",
            format!("The bucket {name} belongs to another account. Names of buckets are unique in the world."),
        )),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

async fn tag(account: &Account, name: &str, tags: &[(&'static str, String)]) -> Result<()> {
    let found = account.s3.get_bucket_tagging().bucket(name).send().await.map_err(failed("s3:GetBucketTagging")).absent()?;
    let has = |key: &str, value: &str| found.as_ref().is_some_and(|found| found.tag_set().iter().any(|tag| tag.key() == key && tag.value() == value));
    if tags.iter().all(|(key, value)| has(key, value)) {
        return Ok(());
    }
    let tags =
        tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build()).collect::<Result<Vec<_>, _>>().map_err(incomplete("s3:PutBucket"))?;
    let tagging = Tagging::builder().set_tag_set(Some(tags)).build().map_err(incomplete("s3:PutBucket"))?;
    account.s3.put_bucket_tagging().bucket(name).tagging(tagging).send().await.map_err(failed("s3:PutBucketTagging"))?;
    Ok(())
}

/// Lets the distribution read it, and nobody else.
pub async fn allow(account: &Account, name: &str, distribution_arn: &str) -> Result<()> {
    let wanted = policies::bucket(account, name, distribution_arn);
    let found = account.s3.get_bucket_policy().bucket(name).send().await.map_err(failed("s3:GetBucketPolicy")).absent()?;
    if found.is_some_and(|found| found.policy().is_some_and(|stored| policies::same(stored, &wanted))) {
        return Ok(());
    }
    account.s3.put_bucket_policy().bucket(name).policy(wanted.to_string()).send().await.map_err(failed("s3:PutBucketPolicy"))?;
    Ok(())
}

/// Removes it with all objects, all their versions included.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    let s3 = &account.s3;
    loop {
        let Some(page) = s3.list_object_versions().bucket(name).send().await.map_err(failed("s3:ListBucketVersions")).absent()? else { return Ok(()) };
        let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = page.delete_markers().iter().map(|v| (v.key(), v.version_id()));
        let objects = versions
            .chain(markers)
            .map(|(key, version)| ObjectIdentifier::builder().key(key.unwrap_or_default()).set_version_id(version.map(str::to_owned)).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(incomplete("s3:PutBucket"))?;
        if objects.is_empty() {
            break;
        }
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(incomplete("s3:PutBucket"))?;
        let done = s3.delete_objects().bucket(name).delete(delete).send().await.map_err(failed("s3:DeleteObjectVersion"))?;
        if let Some(error) = done.errors().first() {
            let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
            return Err(Error::new(Kind::Refused, "s3:DeleteObjectVersion", code, message));
        }
    }
    s3.delete_bucket().bucket(name).send().await.map_err(failed("s3:DeleteBucket")).absent()?;
    Ok(())
}

/// Whether it is left.
pub async fn left(account: &Account, name: &str) -> Result<bool> {
    let buckets = account.s3.list_buckets().send().await.map_err(failed("s3:ListAllMyBuckets"))?;
    Ok(buckets.buckets().iter().any(|bucket| bucket.name() == Some(name)))
}
