//! Objects of the artifact bucket, and of the buckets of web assets.

use crate::account::Account;
use crate::error::{Absent as _, Result, failed};
use aws_sdk_s3::types::{Delete, MetadataDirective, ObjectIdentifier};

/// The most objects that one call removes (Amazon S3 API, `DeleteObjects`).
const MOST: usize = 1000;

/// How an object is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headers<'a> {
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Cache-Control`.
    pub cache_control: Option<&'a str>,
}

/// Writes an object.
pub async fn put(account: &Account, bucket: &str, key: &str, content: Vec<u8>, headers: Headers<'_>) -> Result<()> {
    let put = account.s3.put_object().bucket(bucket).key(key).body(content.into());
    put.set_content_type(headers.content_type.map(str::to_owned))
        .set_cache_control(headers.cache_control.map(str::to_owned))
        .send()
        .await
        .map_err(failed("s3:PutObject"))?;
    Ok(())
}

/// Reads an object; `None` where there is none.
pub async fn get(account: &Account, bucket: &str, key: &str) -> Result<Option<Vec<u8>>> {
    let Some(found) = account.s3.get_object().bucket(bucket).key(key).send().await.map_err(failed("s3:GetObject")).absent()? else {
        return Ok(None);
    };
    let body = found
        .body
        .collect()
        .await
        .map_err(|error| crate::Error::new(crate::Kind::Unreachable, "s3:GetObject", "no-answer", format!("The object ended before its end: {error}")))?;
    Ok(Some(body.to_vec()))
}

/// An object that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// S3's mark of its content. Equal marks mean equal content, where both were written in one part.
    pub etag: String,
    /// When it was written, in seconds since 1970.
    pub modified: i64,
}

/// All objects whose keys begin with `prefix`, in order of their keys.
pub async fn list(account: &Account, bucket: &str, prefix: &str) -> Result<Vec<Object>> {
    let mut pages = account.s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    let mut objects = Vec::new();
    while let Some(page) = pages.next().await {
        for object in page.map_err(failed("s3:ListBucket"))?.contents() {
            objects.push(Object {
                key: object.key().unwrap_or_default().to_owned(),
                etag: object.e_tag().unwrap_or_default().to_owned(),
                modified: object.last_modified().map_or(0, aws_smithy_types::DateTime::secs),
            });
        }
    }
    Ok(objects)
}

/// Copies an object within its bucket, with what it is served with.
pub async fn copy(account: &Account, bucket: &str, from: &str, to: &str) -> Result<()> {
    // A source is a path of a URL. Keys of ours are made of letters that need no escaping, but a file's name may be any.
    let source = format!("{bucket}/{}", escape(from));
    let copy = account.s3.copy_object().bucket(bucket).key(to).copy_source(source).metadata_directive(MetadataDirective::Copy);
    copy.send().await.map_err(failed("s3:PutObject"))?;
    Ok(())
}

fn escape(key: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~');
    key.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Removes objects; what is gone already is no failure.
pub async fn remove(account: &Account, bucket: &str, keys: &[String]) -> Result<()> {
    for some in keys.chunks(MOST) {
        let objects = some.iter().map(|key| ObjectIdentifier::builder().key(key).build()).collect::<Result<Vec<_>, _>>();
        let objects = objects.map_err(crate::error::incomplete("s3:DeleteObject"))?;
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(crate::error::incomplete("s3:DeleteObject"))?;
        let done = account.s3.delete_objects().bucket(bucket).delete(delete).send().await.map_err(failed("s3:DeleteObject"))?;
        if let Some(error) = done.errors().first() {
            let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
            return Err(crate::Error::new(crate::Kind::Refused, "s3:DeleteObject", code, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_files_are_escaped_where_they_stand_in_an_address() {
        assert_eq!(super::escape("releases/a-1/Büro plan.svg"), "releases/a-1/B%C3%BCro%20plan.svg");
    }
}
