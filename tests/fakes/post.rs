//! The one way in which a fake calls the bot: a POST over plain HTTP.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// Posts a body; the status and what came back, or why nothing did.
pub(crate) async fn post(
    url: &str,
    headers: &[(String, String)],
    body: String,
) -> Result<(u16, String), String> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let mut request = Request::post(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let response = client
        .request(request)
        .await
        .map_err(|why| why.to_string())?;
    let status = response.status().as_u16();
    let whole = response.into_body().collect().await;
    let whole = whole.map_err(|why| why.to_string())?.to_bytes();
    Ok((status, String::from_utf8_lossy(&whole).into_owned()))
}
