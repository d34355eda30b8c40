//! The environment's CloudFront distribution: `/api/*` to the load balancer, everything else to the bucket.

use super::target_group::ORIGIN_HEADER;
use crate::account::{Account, Foundation};
use crate::error::{Absent as _, Error, Kind, Result, failed, incomplete};
use aws_sdk_cloudfront::types::{
    Aliases, AllowedMethods, CacheBehavior, CacheBehaviors, CachedMethods, CustomHeaders, CustomOriginConfig, DefaultCacheBehavior, DistributionConfig,
    DistributionConfigWithTags, EventType, FunctionAssociation, FunctionAssociations, HttpVersion, InvalidationBatch, Method, MinimumProtocolVersion, Origin,
    OriginCustomHeader, OriginProtocolPolicy, OriginSslProtocols, Origins, Paths, PriceClass, S3OriginConfig, SslProtocol, SslSupportMethod, Tag, Tags,
    ViewerCertificate, ViewerProtocolPolicy,
};
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// AWS's own policies (Amazon CloudFront developer guide, "Use managed cache policies" and "… origin request policies").
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/// The folder of the bucket that visitors see.
pub const WEB: &str = "web";

/// A distribution that is wanted.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Wanted<'a> {
    /// Its reference and comment, by which it is found again.
    pub name: String,
    pub bucket: String,
    /// The names that visitors use.
    pub aliases: Vec<String>,
    pub certificate_arn: String,
    /// What the load balancer knows it by.
    pub origin_secret: String,
    pub foundation: &'a Foundation,
    pub tags: &'a [(&'static str, String)],
}

/// A distribution that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Distribution {
    pub id: String,
    pub arn: String,
    /// `d111111abcdef8.cloudfront.net`
    pub domain: String,
}

/// Makes sure of it. `known` is its id, if it was seen before. A new one reaches all edges within minutes; nobody waits for that here.
pub async fn ensure(account: &Account, wanted: &Wanted<'_>, known: Option<&str>) -> Result<Distribution> {
    let id = match known {
        Some(id) => Some(id.to_owned()),
        None => find(account, &wanted.name).await?,
    };
    let found = match &id {
        Some(id) => account.cloudfront.get_distribution().id(id).send().await.map_err(failed("cloudfront:GetDistribution")).absent()?,
        None => None,
    };
    let Some(found) = found else { return create(account, wanted).await };
    let etag = found.e_tag().unwrap_or_default().to_owned();
    let distribution = found.distribution.ok_or_else(|| Error::new(Kind::Busy, "cloudfront:GetDistribution", "no-distribution", "The answer was empty."))?;
    let there = Distribution { id: distribution.id, arn: distribution.arn, domain: distribution.domain_name };
    let config = config(account, wanted).map_err(incomplete("cloudfront:CreateDistribution"))?;
    let Some(now) = distribution.distribution_config else { return Ok(there) };
    let corrected = corrected(now.clone(), config);
    if corrected != now {
        let update = account.cloudfront.update_distribution().id(&there.id).if_match(etag).distribution_config(corrected);
        update.send().await.map_err(failed("cloudfront:UpdateDistribution"))?;
    }
    Ok(there)
}

async fn create(account: &Account, wanted: &Wanted<'_>) -> Result<Distribution> {
    let tags = wanted
        .tags
        .iter()
        .map(|(key, value)| Tag::builder().key(*key).value(value).build())
        .collect::<Result<Vec<_>, _>>()
        .map_err(incomplete("cloudfront:CreateDistribution"))?;
    let config = config(account, wanted).map_err(incomplete("cloudfront:CreateDistribution"))?;
    let tagged = DistributionConfigWithTags::builder().distribution_config(config).tags(Tags::builder().set_items(Some(tags)).build()).build();
    let create = account.cloudfront.create_distribution_with_tags().distribution_config_with_tags(tagged);
    match create.send().await.map_err(failed("cloudfront:CreateDistribution")) {
        Ok(made) => {
            let made = made.distribution.ok_or_else(|| Error::new(Kind::Busy, "cloudfront:CreateDistribution", "no-distribution", "The answer was empty."))?;
            Ok(Distribution { id: made.id, arn: made.arn, domain: made.domain_name })
        }
        // Its answer was lost: the reference leads to it.
        Err(error) if error.kind == Kind::Exists => {
            let id = find(account, &wanted.name).await?.ok_or(error)?;
            Box::pin(ensure(account, wanted, Some(&id))).await
        }
        Err(error) => Err(error),
    }
}

/// The id of the distribution with this comment.
async fn find(account: &Account, name: &str) -> Result<Option<String>> {
    let mut marker = None;
    loop {
        let page = account.cloudfront.list_distributions().set_marker(marker).send().await.map_err(failed("cloudfront:ListDistributions"))?;
        let Some(list) = page.distribution_list else { return Ok(None) };
        if let Some(found) = list.items().iter().find(|item| item.comment() == name) {
            return Ok(Some(found.id().to_owned()));
        }
        marker = list.next_marker.filter(|_| list.is_truncated);
        if marker.is_none() {
            return Ok(None);
        }
    }
}

fn config(account: &Account, wanted: &Wanted<'_>) -> Result<DistributionConfig, BuildError> {
    let foundation = wanted.foundation;
    let domain = format!("{}.s3.{}.amazonaws.com", wanted.bucket, account.region);
    let web = Origin::builder()
        .id("web")
        .domain_name(domain)
        // Beside it stand the files of releases that are not live.
        .origin_path(format!("/{WEB}"))
        .origin_access_control_id(&foundation.origin_access_control)
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build()?;
    let secret = OriginCustomHeader::builder().header_name(ORIGIN_HEADER).header_value(&wanted.origin_secret).build()?;
    let protocols = OriginSslProtocols::builder().quantity(1).items(SslProtocol::TlSv12).build()?;
    let server = CustomOriginConfig::builder()
        .http_port(80)
        .https_port(443)
        .origin_protocol_policy(OriginProtocolPolicy::from(foundation.origin_protocol.as_str()))
        .origin_ssl_protocols(protocols)
        .origin_read_timeout(60)
        .origin_keepalive_timeout(30)
        .build()?;
    let server = Origin::builder()
        .id("server")
        .domain_name(&foundation.origin_domain)
        .custom_headers(CustomHeaders::builder().quantity(1).items(secret).build()?)
        .custom_origin_config(server)
        .build()?;
    let single_page = FunctionAssociation::builder().event_type(EventType::ViewerRequest).function_arn(&foundation.single_page_function_arn).build()?;
    let pages = DefaultCacheBehavior::builder()
        .target_origin_id("web")
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .allowed_methods(methods(&[Method::Head, Method::Get])?)
        .compress(true)
        .cache_policy_id(CACHING_OPTIMIZED)
        .response_headers_policy_id(&foundation.response_headers_policy)
        .function_associations(FunctionAssociations::builder().quantity(1).items(single_page).build()?)
        .build()?;
    let all = [Method::Head, Method::Get, Method::Post, Method::Put, Method::Patch, Method::Options, Method::Delete];
    let api = CacheBehavior::builder()
        .path_pattern("/api/*")
        .target_origin_id("server")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .allowed_methods(methods(&all)?)
        .compress(true)
        .cache_policy_id(CACHING_DISABLED)
        .origin_request_policy_id(ALL_VIEWER_EXCEPT_HOST)
        .build()?;
    let certificate = ViewerCertificate::builder()
        .acm_certificate_arn(&wanted.certificate_arn)
        .ssl_support_method(SslSupportMethod::SniOnly)
        .minimum_protocol_version(MinimumProtocolVersion::TlSv122021)
        .build();
    let count = i32::try_from(wanted.aliases.len()).unwrap_or(i32::MAX);
    DistributionConfig::builder()
        .caller_reference(&wanted.name)
        .comment(&wanted.name)
        .enabled(true)
        .default_root_object("index.html")
        .http_version(HttpVersion::Http2and3)
        .is_ipv6_enabled(true)
        .price_class(PriceClass::PriceClass100)
        .aliases(Aliases::builder().quantity(count).set_items(Some(wanted.aliases.clone())).build()?)
        .origins(Origins::builder().quantity(2).items(web).items(server).build()?)
        .default_cache_behavior(pages)
        .cache_behaviors(CacheBehaviors::builder().quantity(1).items(api).build()?)
        .viewer_certificate(certificate)
        .build()
}

fn methods(methods: &[Method]) -> Result<AllowedMethods, BuildError> {
    let cached = CachedMethods::builder().quantity(2).items(Method::Head).items(Method::Get).build()?;
    let count = i32::try_from(methods.len()).unwrap_or(i32::MAX);
    AllowedMethods::builder().quantity(count).set_items(Some(methods.to_vec())).cached_methods(cached).build()
}

/// What is there with what we set. An update must name everything that a distribution has, and not only what it was made of
/// (CloudFront developer guide, "Required fields for create distribution and update distribution"); what the operator has added stays.
fn corrected(mut now: DistributionConfig, wanted: DistributionConfig) -> DistributionConfig {
    now.enabled = wanted.enabled;
    now.default_root_object = wanted.default_root_object;
    now.http_version = wanted.http_version;
    now.is_ipv6_enabled = wanted.is_ipv6_enabled;
    now.aliases = match (now.aliases, wanted.aliases) {
        (Some(now), Some(wanted)) if same_items(now.items(), wanted.items()) => Some(now),
        (_, wanted) => wanted,
    };
    now.origins = match (now.origins, wanted.origins) {
        (Some(mut now), Some(wanted)) if now.items.len() == wanted.items.len() && wanted.items.iter().all(|w| now.items.iter().any(|n| n.id == w.id)) => {
            for origin in &mut now.items {
                if let Some(wanted) = wanted.items.iter().find(|wanted| wanted.id == origin.id) {
                    correct_origin(origin, wanted.clone());
                }
            }
            Some(now)
        }
        (_, wanted) => wanted,
    };
    now.default_cache_behavior = match (now.default_cache_behavior, wanted.default_cache_behavior) {
        (Some(mut now), Some(wanted)) => {
            now.target_origin_id = wanted.target_origin_id;
            now.viewer_protocol_policy = wanted.viewer_protocol_policy;
            now.allowed_methods = methods_of(now.allowed_methods, wanted.allowed_methods);
            now.compress = wanted.compress;
            now.cache_policy_id = wanted.cache_policy_id;
            now.response_headers_policy_id = wanted.response_headers_policy_id;
            now.function_associations = wanted.function_associations;
            Some(now)
        }
        (_, wanted) => wanted,
    };
    now.cache_behaviors = match (now.cache_behaviors, wanted.cache_behaviors) {
        (Some(mut now), Some(wanted)) if now.items().len() == 1 && wanted.items().len() == 1 => {
            for (now, wanted) in now.items.iter_mut().flatten().zip(wanted.items.into_iter().flatten()) {
                now.path_pattern = wanted.path_pattern;
                now.target_origin_id = wanted.target_origin_id;
                now.viewer_protocol_policy = wanted.viewer_protocol_policy;
                now.allowed_methods = methods_of(now.allowed_methods.take(), wanted.allowed_methods);
                now.compress = wanted.compress;
                now.cache_policy_id = wanted.cache_policy_id;
                now.origin_request_policy_id = wanted.origin_request_policy_id;
            }
            Some(now)
        }
        (_, wanted) => wanted,
    };
    let arn = |certificate: &Option<ViewerCertificate>| certificate.as_ref().and_then(|certificate| certificate.acm_certificate_arn.clone());
    if arn(&now.viewer_certificate) != arn(&wanted.viewer_certificate) {
        now.viewer_certificate = wanted.viewer_certificate;
    }
    now
}

fn correct_origin(now: &mut Origin, wanted: Origin) {
    now.domain_name = wanted.domain_name;
    now.origin_path = wanted.origin_path.or(now.origin_path.take());
    now.origin_access_control_id = wanted.origin_access_control_id.or(now.origin_access_control_id.take());
    now.custom_headers = wanted.custom_headers.or(now.custom_headers.take());
    if let (Some(now), Some(wanted)) = (&mut now.custom_origin_config, wanted.custom_origin_config) {
        now.origin_protocol_policy = wanted.origin_protocol_policy;
        now.origin_read_timeout = wanted.origin_read_timeout;
        now.origin_keepalive_timeout = wanted.origin_keepalive_timeout;
    }
}

/// CloudFront gives lists back in an order of its own.
fn methods_of(now: Option<AllowedMethods>, wanted: Option<AllowedMethods>) -> Option<AllowedMethods> {
    match (now, wanted) {
        (Some(now), Some(wanted)) if same_items(now.items(), wanted.items()) => Some(now),
        (_, wanted) => wanted,
    }
}

fn same_items<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}

/// Makes edges forget these paths. `reference` names the change: the same again is the same invalidation.
pub async fn invalidate(account: &Account, id: &str, reference: &str, paths: &[String]) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let count = i32::try_from(paths.len()).unwrap_or(i32::MAX);
    let paths = Paths::builder().quantity(count).set_items(Some(paths.to_vec())).build().map_err(incomplete("cloudfront:CreateDistribution"))?;
    let batch = InvalidationBatch::builder().caller_reference(reference).paths(paths).build().map_err(incomplete("cloudfront:CreateDistribution"))?;
    account.cloudfront.create_invalidation().distribution_id(id).invalidation_batch(batch).send().await.map_err(failed("cloudfront:CreateInvalidation"))?;
    Ok(())
}

/// Begins its removal: one that is enabled cannot be deleted. Answers with its id, if there is one.
pub async fn disable(account: &Account, name: &str, known: Option<&str>) -> Result<Option<String>> {
    let id = match known {
        Some(id) => Some(id.to_owned()),
        None => find(account, name).await?,
    };
    let Some(id) = id else { return Ok(None) };
    let found = account.cloudfront.get_distribution_config().id(&id).send().await.map_err(failed("cloudfront:GetDistributionConfig")).absent()?;
    let Some(found) = found else { return Ok(None) };
    let etag = found.e_tag().unwrap_or_default().to_owned();
    if let Some(mut config) = found.distribution_config.filter(|config| config.enabled) {
        config.enabled = false;
        let update = account.cloudfront.update_distribution().id(&id).if_match(etag).distribution_config(config);
        update.send().await.map_err(failed("cloudfront:UpdateDistribution"))?;
    }
    Ok(Some(id))
}

/// Deletes one that is disabled, as soon as all edges know it. That takes minutes on AWS.
pub async fn delete(account: &Account, id: &str) -> Result<()> {
    let mut pause = Duration::from_millis(200);
    for _ in 0..120 {
        let found = account.cloudfront.get_distribution().id(id).send().await.map_err(failed("cloudfront:GetDistribution")).absent()?;
        let Some(found) = found else { return Ok(()) };
        let etag = found.e_tag().unwrap_or_default().to_owned();
        if found.distribution.is_some_and(|distribution| distribution.status == "Deployed") {
            match account.cloudfront.delete_distribution().id(id).if_match(etag).send().await.map_err(failed("cloudfront:DeleteDistribution")).absent() {
                Ok(_) => return Ok(()),
                Err(error) if error.code != "DistributionNotDisabled" && error.code != "PreconditionFailed" => return Err(error),
                Err(_) => {}
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(15));
    }
    Err(Error::new(Kind::Busy, "cloudfront:DeleteDistribution", "not-deployed", "CloudFront has not told all its edges yet that the distribution is disabled."))
}

/// Whether it is left.
pub async fn left(account: &Account, name: &str) -> Result<bool> {
    Ok(find(account, name).await?.is_some())
}
